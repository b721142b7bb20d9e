package dev.sluice.cdk.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Ways to spoil what a connector's command line does, for mistakes that an author cannot make with this kit
/// but with another one.
final class Faults {
    private Faults() {}

    interface Fault extends UnaryOperator<ConnectorHarness.Program> {}

    static Fault none() {
        return program -> program;
    }

    static Fault noise() {
        return program -> (args, stdin, stdout, stderr) -> {
            print(stdout, "Loading driver\n");
            return program.run(args, stdin, stdout, stderr);
        };
    }

    static Fault exitCode(int code) {
        return program -> (args, stdin, stdout, stderr) -> {
            program.run(args, stdin, stdout, stderr);
            return code;
        };
    }

    static Fault printsItsConfiguration() {
        return program -> (args, stdin, stdout, stderr) -> {
            for (int i = 1; i < args.length; i++) {
                if (args[i - 1].equals("--config")) {
                    try {
                        stderr.println(Files.readString(Path.of(args[i])));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }
            return program.run(args, stdin, stdout, stderr);
        };
    }

    /// Holds everything back until the end, and prints it changed.
    static Fault output(UnaryOperator<List<String>> change) {
        return program -> (args, stdin, stdout, stderr) -> {
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            int code = program.run(args, stdin, printed, stderr);
            List<String> lines =
                    change.apply(new ArrayList<>(printed.toString(UTF_8).lines().toList()));
            lines.forEach(line -> print(stdout, line + "\n"));
            return code;
        };
    }

    static Fault lines(UnaryOperator<String> change) {
        return output(lines -> lines.stream().map(change).toList());
    }

    /// Reads everything before it does anything, and gives up on what it does not like.
    static Fault input(UnaryOperator<String> change) {
        return program -> (args, stdin, stdout, stderr) -> {
            try {
                String changed = change.apply(new String(stdin.readAllBytes(), UTF_8));
                return program.run(args, new ByteArrayInputStream(changed.getBytes(UTF_8)), stdout, stderr);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /// Goes on in a thread that no interrupt reaches.
    static Fault deaf() {
        return program -> (args, stdin, stdout, stderr) -> runDeaf(program, args, stdin, stdout, stderr);
    }

    private static int runDeaf(
            ConnectorHarness.Program program,
            String[] args,
            InputStream stdin,
            OutputStream stdout,
            PrintStream stderr) {
        int[] code = new int[1];
        Thread thread = Thread.ofPlatform().daemon().start(() -> code[0] = program.run(args, stdin, stdout, stderr));
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // Deaf.
            }
        }
        return code[0];
    }

    private static void print(OutputStream stdout, String text) {
        try {
            stdout.write(text.getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
