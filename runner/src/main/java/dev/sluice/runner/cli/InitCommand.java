package dev.sluice.runner.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Connection.Limits;
import dev.sluice.runner.connection.ConnectionTemplate;
import dev.sluice.runner.connection.ConnectionTemplate.Side;
import dev.sluice.runner.connection.OurConnectors;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "init",
        description = "Writes a connection file with every setting of two connectors, explained. Asks which two when"
                + " they are not named.",
        footer = {"", "Example:  sluice init --source faker --destination duckdb shop.yaml"})
final class InitCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Output output;

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "The file to write; it must not exist. Default: SOURCE-DESTINATION.yaml.")
    private Optional<Path> file;

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "One of ours by its type (faker), or an image with its tag.")
    private Optional<String> source;

    @Option(names = "--destination", paramLabel = "NAME", description = "The same.")
    private Optional<String> destination;

    @Option(names = "--process", description = "Run those of ours as local processes instead of containers.")
    private boolean process;

    InitCommand(Terminal terminal, Output output) {
        this.terminal = terminal;
        this.output = output;
    }

    @Override
    public Integer call() throws InterruptedException {
        file.ifPresent(InitCommand::requireNew);
        try (Workbench workbench = terminal.workbench()) {
            OurConnectors ours = workbench.ourConnectors();
            String from = source.orElseGet(() -> ask("source", ours));
            String to = destination.orElseGet(() -> ask("destination", ours));
            Path path = file.orElseGet(() -> Path.of("%s-%s.yaml".formatted(shortName(from), shortName(to))));
            requireNew(path);
            ConnectionTemplate template = new ConnectionTemplate(
                    path.toString(), side("source", from, workbench), side("destination", to, workbench));
            write(path, template.text());
            output.line("wrote %s".formatted(path));
            if (!template.toFill().isEmpty()) {
                output.line("fill in   %s".formatted(String.join(", ", template.toFill())));
            }
            if (!template.variables().isEmpty()) {
                output.line("set       %s".formatted(String.join(", ", template.variables())));
            }
            output.line("then run  sluice validate %s".formatted(path));
            ObjectNode result = Json.mapper().createObjectNode().put("file", path.toString());
            template.toFill().forEach(result.putArray("fill_in")::add);
            template.variables().forEach(result.putArray("set")::add);
            output.result(result);
            return ExitCode.DONE;
        }
    }

    private Side side(String side, String name, Workbench workbench) throws InterruptedException {
        OurConnectors ours = workbench.ourConnectors();
        boolean image = NamedConnector.isImage(name);
        NamedConnector connector = NamedConnector.find(image ? name : side + "-" + name, ours, process && !image);
        ConnectorSpecification spec = workbench
                .operations()
                .spec(connector.launch(ours, process && !image), Limits.DEFAULT.operationTimeout());
        return new Side(side, image ? "image" : "type", name, process && !image, spec);
    }

    private String ask(String side, OurConnectors ours) {
        List<String> types = ours.types(side);
        if (!terminal.canAsk()) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "command.wrong",
                    "which %s is not said, and there is no terminal on which to ask".formatted(side),
                    "--" + side,
                    "add --%s with one of ours (%s), or an image with its tag"
                            .formatted(side, String.join(", ", types)));
        }
        String answer = "";
        while (answer.isEmpty()) {
            answer = terminal.ask("%s (%s, or an image with its tag): ".formatted(side, String.join(", ", types)))
                    .orElseThrow(() -> new RunnerException(
                            FailureType.CONFIG_ERROR, "command.not_confirmed", "nothing was written", "", ""));
        }
        return answer;
    }

    /// `github` for `airbyte/source-github:2.1.0`.
    private static String shortName(String connector) {
        return connector
                .substring(connector.lastIndexOf('/') + 1)
                .replaceFirst("[:@].*", "")
                .replaceFirst("^(source|destination)-", "");
    }

    private static void requireNew(Path path) {
        if (Files.exists(path)) {
            throw exists(path, null);
        }
    }

    private static RunnerException exists(Path path, Exception cause) {
        return new RunnerException(
                FailureType.CONFIG_ERROR,
                "config.exists",
                "%s is there already and was left as it is".formatted(path),
                "",
                "name another file, or remove that one",
                cause);
    }

    private static void write(Path path, String text) {
        try {
            Files.writeString(path, text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw exists(path, e);
        } catch (IOException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "config.unwritable",
                    "%s cannot be written: %s".formatted(path, e),
                    Path.of("").toAbsolutePath().toString(),
                    "name a file in a directory that exists and can be written",
                    e);
        }
    }
}
