package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Everything that somebody else could look at, by where it was, to be searched for secrets.
final class Seen {
    private final Map<String, String> texts = new LinkedHashMap<>();

    void see(String where, String text) {
        texts.put(where, text);
    }

    void see(String command, Finished finished) {
        texts.put("output of " + command, finished.out() + finished.err());
    }

    /// What the engine tells about the containers of a run.
    ///
    /// @return the numbers of their processes
    List<Long> containers(SluiceCli sluice) {
        List<Long> processes = new ArrayList<>();
        for (String container : sluice.containers()) {
            String about = Program.run("docker", "inspect", container);
            assertThat(about).contains("dev.sluice.run");
            texts.put("container " + container, about);
            for (String pid : Program.lines("docker", "top", container, "-o", "pid").stream()
                    .skip(1)
                    .toList()) {
                processes.add(Long.valueOf(pid.strip()));
            }
        }
        return processes;
    }

    /// What the machine tells about a process.
    void process(long pid) {
        commandLine(pid);
        texts.put("environment of " + pid, proc(pid, "environ"));
    }

    void commandLine(long pid) {
        texts.put("command line of " + pid, proc(pid, "cmdline"));
    }

    private static String proc(long pid, String file) {
        return new String(SluiceCli.proc(pid, file), UTF_8).replace('\0', ' ');
    }

    /// @param but takes out of a state store what may be in there
    void writtenFiles(SluiceCli sluice, UnaryOperator<String> but) throws IOException {
        for (Path file : sluice.writtenFiles()) {
            String text = new String(Files.readAllBytes(file), UTF_8);
            texts.put(file.toString(), file.getFileName().toString().startsWith("state.db") ? but.apply(text) : text);
        }
        assertThat(texts.keySet()).anyMatch(name -> name.endsWith(".log")).anyMatch(name -> name.endsWith("state.db"));
    }

    /// Somewhere this was seen, so that a place that shows nothing at all is noticed.
    void contains(String text) {
        assertThat(texts).anySatisfy((where, seen) -> assertThat(seen).contains(text));
    }

    void containsNowhere(String canary) {
        assertThat(texts).allSatisfy((where, seen) -> assertThat(seen).as(where).doesNotContain(canary));
    }
}
