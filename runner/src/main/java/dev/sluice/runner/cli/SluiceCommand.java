package dev.sluice.runner.cli;

import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.runner.RunnerException;
import dev.sluice.runner.SecretMask;
import dev.sluice.runner.Workbench;
import dev.sluice.runner.connection.Problems;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// `sluice`: the root of the command line.
@Command(
        name = "sluice",
        description = "Runs any Airbyte-protocol connector with one command and no platform.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong request or configuration,",
            "3 something outside is missing, 130/143 stopped by Ctrl-C/SIGTERM.",
            "",
            "Start here:  sluice sync examples/quickstart.yaml"
        })
public final class SluiceCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Mixin
    private final Output output;

    @Option(
            names = {"-V", "--version"},
            description = "Print the version.")
    private boolean version;

    private SluiceCommand(Output output) {
        this.output = output;
    }

    /// Runs a command line and returns its exit code.
    ///
    /// @param home the directory of this Sluice
    public static int run(
            String[] args,
            Path home,
            Map<String, String> environment,
            InputStream in,
            PrintStream out,
            PrintStream err) {
        return run(args, home, environment, in, out, err, ProgressView.LINE);
    }

    /// @param line how often a line tells how far a sync is, where nobody watches
    static int run(
            String[] args,
            Path home,
            Map<String, String> environment,
            InputStream in,
            PrintStream out,
            PrintStream err,
            Duration line) {
        try (Interruption interruption = new Interruption()) {
            // The launcher says which of the three are terminals: the JVM cannot tell.
            String terminals = environment.getOrDefault("SLUICE_TERMINAL", "");
            boolean interactive = terminals.contains("2");
            return run(
                    args,
                    new Terminal(
                            home,
                            environment,
                            in,
                            out,
                            err,
                            interactive,
                            interactive && terminals.contains("0"),
                            line,
                            interruption,
                            new SecretMask()));
        }
    }

    private static int run(String[] args, Terminal terminal) {
        if (args.length == 1 && args[0].equals("train-aot")) {
            return Rehearsal.run(terminal);
        }
        Output output = new Output(terminal);
        CommandLine line = new CommandLine(new SluiceCommand(output))
                .addSubcommand(new InitCommand(terminal, output))
                .addSubcommand(new SyncCommand(terminal, output))
                .addSubcommand(new ValidateCommand(terminal, output))
                .addSubcommand(new CheckCommand(terminal, output))
                .addSubcommand(new DiscoverCommand(terminal, output))
                .addSubcommand(new ReadCommand(terminal, output))
                .addSubcommand(new SpecCommand(terminal, output))
                .addSubcommand(new CommandLine(new StateCommand())
                        .addSubcommand(new StateShowCommand(terminal, output))
                        .addSubcommand(new StateSetCommand(terminal, output))
                        .addSubcommand(new StateResetCommand(terminal, output)))
                .addSubcommand(new RunsCommand(terminal, output))
                .addSubcommand(new LogsCommand(terminal, output))
                .addSubcommand(new DoctorCommand(terminal, output))
                .addSubcommand(new CompletionCommand(output))
                .addSubcommand(new ConnectorCommand(terminal))
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminals(terminal).contains("1")
                                        && !terminal.environment().containsKey("NO_COLOR")
                                ? Ansi.ON
                                : Ansi.OFF))
                .setUsageHelpWidth(80)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, given) -> wrong(e, given, output))
                .setExecutionExceptionHandler((e, _, _) -> failed(e, terminal, output));
        return line.execute(args);
    }

    private static String terminals(Terminal terminal) {
        return terminal.environment().getOrDefault("SLUICE_TERMINAL", "");
    }

    private static int wrong(ParameterException e, String[] args, Output output) {
        CommandLine command = e.getCommandLine();
        String what = e.getMessage().substring(0, 1).toLowerCase(Locale.ROOT)
                + e.getMessage().substring(1);
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            String name = unmatched.getUnmatched().getFirst();
            what = "'%s' is not known%s"
                    .formatted(
                            name,
                            Problems.suggestion(name, command.getSubcommands().keySet()));
        }
        output.jsonIfIn(args);
        return report(
                new RunnerException(
                        FailureType.CONFIG_ERROR,
                        "command.wrong",
                        what,
                        "",
                        "`%s --help` says what there is"
                                .formatted(command.getCommandSpec().qualifiedName())),
                output);
    }

    private static int failed(Exception e, Terminal terminal, Output output) {
        if (e instanceof InterruptedException) {
            return ExitCode.FAILED;
        }
        RunnerException error = e instanceof RunnerException known
                ? known
                : new RunnerException(
                        FailureType.SYSTEM_ERROR,
                        "runner.bug",
                        "this is a bug in Sluice: " + e,
                        "",
                        "report it with these lines",
                        e);
        if (error != e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            terminal.notice(trace.toString());
        }
        return report(error, output);
    }

    private static int report(RunnerException error, Output output) {
        output.error(error);
        return ExitCode.of(error.type());
    }

    @Override
    public void run() {
        if (version) {
            output.line("sluice " + Workbench.VERSION);
            output.result(Json.mapper().createObjectNode().put("version", Workbench.VERSION));
            return;
        }
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
