package dev.sluice.runner.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A variable in the environment of a process, which everything it starts inherits: by it a child is found whose
/// parent has ended. Such a child would hold the connector's pipes open for ever.
///
/// Only Linux lets the environment of a process be read; elsewhere a child whose parent has ended is not found.
///
/// @param value a directory, with a slash at its end, so that no other begins like it
public record ProcessMark(String value) {
    public static final String VARIABLE = "SLUICE_RUN";

    private static final Path PROC = Path.of("/proc");

    /// A killed process needs a moment, and one that nobody reaps never goes.
    private static final Duration GONE = Duration.ofSeconds(2);

    /// Some processes cannot be killed.
    private static final int LOOKS = 10;

    /// Between two looks at a process that ends or becomes another program; so often at the latter.
    private static final Duration MOMENT = Duration.ofMillis(2);

    private static final int MOMENTS = 1_000;

    /// The place of `env_end` in proc_pid_stat(5), counted from behind the program's name.
    private static final int ENVIRONMENT_END = 48;

    public static ProcessMark of(Path directory) {
        return new ProcessMark(directory + "/");
    }

    /// Ends what carries the mark and still runs, and waits for it to be gone. Returns what was found.
    public List<Long> kill() {
        List<Long> killed = new ArrayList<>();
        List<ProcessHandle> carriers = carriers();
        // What was found may have started another meanwhile.
        for (int i = 0; i < LOOKS && !carriers.isEmpty(); i++) {
            carriers.forEach(ProcessHandle::destroyForcibly);
            carriers.forEach(carrier -> await(carrier, GONE));
            carriers.forEach(carrier -> killed.add(carrier.pid()));
            carriers = carriers();
        }
        return killed;
    }

    /// Ends a process and everything it has started: asks, waits, then forces.
    public void stop(ProcessHandle process, Duration grace) {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process);
        all.forEach(ProcessHandle::destroy);
        await(process, grace);
        all.forEach(ProcessHandle::destroyForcibly);
        kill();
    }

    /// Looks again and again: the JDK's own notice comes late when the program keeps the common pool busy.
    private static void await(ProcessHandle process, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (process.isAlive()
                && System.nanoTime() < end
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(MOMENT.toNanos());
        }
    }

    private List<ProcessHandle> carriers() {
        return Files.isDirectory(PROC)
                ? ProcessHandle.allProcesses().filter(this::isOn).toList()
                : List.of();
    }

    private boolean isOn(ProcessHandle process) {
        Path about = PROC.resolve(Long.toString(process.pid()));
        try {
            String environment = environment(about);
            for (int i = 0; i < MOMENTS && !environment.contains("=") && isProgram(about); i++) {
                // None at all: it has wiped its own, as many servers do, or it is just becoming another program.
                String end = environmentEnd(about);
                environment = environment(about);
                if (!end.equals("0") && end.equals(environmentEnd(about))) {
                    break; // Each program has its own place for it.
                }
                LockSupport.parkNanos(MOMENT.toNanos());
            }
            return ("\0" + environment).contains("\0" + VARIABLE + "=" + value);
        } catch (IOException e) {
            return false; // Another user's, or it has just ended.
        }
    }

    private static String environment(Path about) throws IOException {
        return Files.readString(about.resolve("environ"), StandardCharsets.ISO_8859_1);
    }

    /// The kernel's threads, and processes that have ended, are none.
    private static boolean isProgram(Path about) {
        try {
            Files.readSymbolicLink(about.resolve("exe"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String environmentEnd(Path about) throws IOException {
        String stat = Files.readString(about.resolve("stat"), StandardCharsets.ISO_8859_1);
        // The name stands in parentheses and may hold anything.
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[ENVIRONMENT_END];
    }
}
