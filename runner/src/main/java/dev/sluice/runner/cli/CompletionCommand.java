package dev.sluice.runner.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Prints a script that completes commands and options when Tab is pressed.",
        footer = {
            "",
            "Example:  source <(sluice completion bash)     in ~/.bashrc",
            "          source <(sluice completion zsh)      in ~/.zshrc, after compinit"
        })
final class CompletionCommand implements Callable<Integer> {
    /// The same script does for both.
    enum Shell {
        bash,
        zsh
    }

    private final Output output;

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    private Shell shell;

    @Spec
    private CommandSpec spec;

    CompletionCommand(Output output) {
        this.output = output;
    }

    @Override
    public Integer call() {
        String script = AutoComplete.bash("sluice", spec.root().commandLine());
        output.script(shell.name(), script);
        return ExitCode.DONE;
    }
}
