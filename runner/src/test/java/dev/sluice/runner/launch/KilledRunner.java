package dev.sluice.runner.launch;

import dev.sluice.protocol.json.Json;
import dev.sluice.runner.launch.docker.DockerLauncher;
import dev.sluice.runner.launch.process.ProcessLauncher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A runner in a JVM of its own that starts a connector and is killed while it runs.
public final class KilledRunner {
    private KilledRunner() {}

    /// Starts, waits until the connector runs, and kills the runner. Returns the directory it leaves behind.
    ///
    /// @param how `process`, or a container with `named` or `attach`ed streams
    /// @param register where it enters its directory
    public static Path leave(String how, Path temporary, Path register) throws IOException, InterruptedException {
        Process runner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledRunner.class.getName(),
                        how,
                        temporary.toString(),
                        register.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(runner.getInputStream(), StandardCharsets.UTF_8))) {
            String directory = out.readLine();
            runner.destroyForcibly().waitFor();
            return Path.of(directory);
        }
    }

    public static void main(String[] args) throws Exception {
        RunDirectory run = RunDirectory.create(Path.of(args[1]), Path.of(args[2]));
        ConnectorCommand write = new ConnectorCommand.Write(
                Json.mapper().createObjectNode(), Json.mapper().createObjectNode());
        String script = "sleep 1000 & echo started; exec sleep 1000";
        RunningConnector running = switch (args[0]) {
            case "process" ->
                new ProcessLauncher(run)
                        .launch(
                                new ConnectorLaunch.AsProcess("connector", List.of("sh", "-c", script), Path.of("/")),
                                write,
                                System.err::println);
            case "named", "attach" ->
                new DockerLauncher(run, System.getenv(), System.err::println)
                        .launch(
                                new ConnectorLaunch.InContainer(
                                        "sluice/debian:12",
                                        Optional.empty(),
                                        "none",
                                        64 << 20,
                                        1,
                                        64,
                                        Optional.empty(),
                                        Optional.empty(),
                                        ConnectorLaunch.InContainer.DEFAULT_TMP_BYTES,
                                        ConnectorLaunch.Pipes.valueOf(args[0].toUpperCase(Locale.ROOT)),
                                        ConnectorLaunch.InContainer.DEFAULT_START_TIMEOUT),
                                write,
                                System.err::println);
            default -> throw new IllegalArgumentException(args[0]);
        };
        if (args[0].equals("process")) {
            running.output().read();
        }
        System.out.println(run.path());
        Thread.sleep(Long.MAX_VALUE);
    }
}
