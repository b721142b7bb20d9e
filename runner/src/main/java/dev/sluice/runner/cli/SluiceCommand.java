package dev.sluice.runner.cli;

import dev.sluice.runner.RunnerException;
import dev.sluice.runner.Workbench;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `sluice`: the root of the command line.
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        version = "sluice " + Workbench.VERSION,
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

    private SluiceCommand() {}

    /// Runs a command line and returns its exit code.
    ///
    /// @param home the directory of this Sluice
    public static int run(String[] args, Path home, Map<String, String> environment, PrintStream out, PrintStream err) {
        boolean interactive = environment.containsKey("SLUICE_TERMINAL");
        Terminal terminal = new Terminal(home, environment, out, err, interactive);
        if (args.length == 1 && args[0].equals("train-aot")) {
            return Rehearsal.run(terminal);
        }
        CommandLine line = new CommandLine(new SluiceCommand())
                .addSubcommand(new SyncCommand(terminal))
                .addSubcommand(new CheckCommand(terminal))
                .addSubcommand(new DiscoverCommand(terminal))
                .addSubcommand(new ReadCommand(terminal))
                .addSubcommand(new SpecCommand(terminal))
                .addSubcommand(new CommandLine(new StateCommand()).addSubcommand(new StateShowCommand(terminal)))
                .addSubcommand(new ConnectorCommand())
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        interactive && !environment.containsKey("NO_COLOR") ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(80)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, _) -> failed(e, command, terminal));
        return line.execute(args);
    }

    private static int failed(Exception e, CommandLine command, Terminal terminal) {
        if (e instanceof RunnerException error) {
            if (command.getCommand() instanceof JsonOutput json && json.wantsJson()) {
                json.print(terminal, ErrorReport.json(error));
            } else {
                terminal.err().println(ErrorReport.text(List.of(error)));
            }
            return ExitCode.of(error.type());
        }
        if (e instanceof InterruptedException) {
            return ExitCode.FAILED;
        }
        terminal.err().println("error[runner.bug]: this is a bug in Sluice; report it with these lines");
        e.printStackTrace(terminal.err());
        return ExitCode.FAILED;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
