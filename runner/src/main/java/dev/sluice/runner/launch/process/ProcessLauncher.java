package dev.sluice.runner.launch.process;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.launch.ConnectorCommand;
import dev.sluice.runner.launch.ConnectorInputs;
import dev.sluice.runner.launch.ConnectorLaunch;
import dev.sluice.runner.launch.ErrorLines;
import dev.sluice.runner.launch.Launcher;
import dev.sluice.runner.launch.ProcessMark;
import dev.sluice.runner.launch.RunDirectory;
import dev.sluice.runner.launch.RunningConnector;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Starts connectors as processes of this user.
public final class ProcessLauncher implements Launcher {
    /// What a connector inherits: enough to find programs, the time zone, certificates and a proxy. Everything
    /// else of the user's environment is none of its business (invariant 6).
    private static final Set<String> INHERITED = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LANG",
            "LC_ALL",
            "TZ",
            "TMPDIR",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY",
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "JAVA_OPTS");

    private static final Pattern ERROR_NUMBER = Pattern.compile("error[=:] ?(\\d+)");

    private final RunDirectory run;

    public ProcessLauncher(RunDirectory run) {
        this.run = run;
    }

    @Override
    public RunningConnector launch(ConnectorLaunch connector, ConnectorCommand command, LineSink stderr) {
        ConnectorLaunch.AsProcess launch = (ConnectorLaunch.AsProcess) connector;
        ConnectorInputs inputs = ConnectorInputs.write(run, command, "");
        ProcessMark mark = ProcessMark.of(inputs.directory());
        Process process = null;
        try {
            process = start(launch, command, inputs, mark);
            run.remember(process.toHandle());
            return new RunningProcess(
                    launch.name(),
                    process,
                    mark,
                    inputs,
                    new ErrorLines(launch.name(), process.getErrorStream(), stderr));
        } catch (RunnerException e) {
            if (process != null) {
                mark.stop(process.toHandle(), Duration.ZERO);
            }
            inputs.delete();
            throw e;
        }
    }

    private static Process start(
            ConnectorLaunch.AsProcess launch, ConnectorCommand command, ConnectorInputs inputs, ProcessMark mark) {
        List<String> line = new ArrayList<>(launch.command());
        line.addAll(inputs.arguments());
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.directory(launch.directory().toFile());
        environment(builder.environment());
        builder.environment().put(ProcessMark.VARIABLE, mark.value());
        if (!command.readsInput()) {
            // Some connectors wait for ever on an open pipe.
            builder.redirectInput(new File("/dev/null"));
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "connector.cannot_start",
                    "%s could not be started: %s".formatted(launch.name(), reason(e)),
                    "command " + String.join(" ", launch.command()),
                    "check that the program exists and may be executed",
                    e);
        }
    }

    /// The JDK has no exception of its own for these; the numbers are the kernel's.
    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        Matcher number = ERROR_NUMBER.matcher(message);
        return switch (number.find() ? number.group(1) : "") {
            case "2" -> "there is no such program";
            case "13" -> "it may not be executed";
            default -> message;
        };
    }

    private static void environment(Map<String, String> environment) {
        environment.keySet().retainAll(INHERITED);
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("USE_STREAM_CAPABLE_STATE", "true");
        environment.put("DEPLOYMENT_MODE", "OSS");
    }

    /// Our connectors lie in a folder that changes with each build; of any other program nothing is known.
    @Override
    public String fingerprint(ConnectorLaunch connector) {
        ConnectorLaunch.AsProcess launch = (ConnectorLaunch.AsProcess) connector;
        Path program = Path.of(launch.command().getFirst());
        Path libraries = program.resolveSibling("lib");
        if (launch.command().size() > 1 || !Files.isDirectory(libraries)) {
            return "";
        }
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> jars = Stream.concat(Files.list(program.getParent()), Files.list(libraries))) {
            for (Path jar : jars.filter(p -> p.toString().endsWith(".jar")).toList()) {
                files.put(jar.toString(), Files.size(jar) + "@" + Files.getLastModifiedTime(jar));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.toString();
    }
}
