package dev.sluice.runner;

import dev.sluice.runner.cli.SluiceCommand;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// The entry point of the command line.
public final class Main {
    /// Ready made: by then there is no memory to make it.
    private static final String OUT_OF_MEMORY = """
            error[runner.out_of_memory]: Sluice has used all of its memory and ended at once
              next:  run it again to continue, with more: SLUICE_JAVA_OPTS=-Xmx2g""";

    private Main() {}

    public static void main(String[] args) {
        endWhenMemoryEnds();
        Map<String, String> environment = System.getenv();
        String temporary = environment.getOrDefault("TMPDIR", "");
        if (!temporary.isEmpty()) {
            System.setProperty("java.io.tmpdir", temporary); // For what Java itself puts there, such as long lines.
        }
        Path home = Path.of(environment.getOrDefault("SLUICE_HOME", "."))
                .toAbsolutePath()
                .normalize();
        System.exit(SluiceCommand.run(
                args, home, environment, System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err)));
    }

    /// A thread that dies for want of memory leaves undone what others wait for: then the runner ends at once, and the
    /// next command removes what it leaves.
    static void endWhenMemoryEnds() {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            if (e instanceof OutOfMemoryError) {
                try {
                    System.err.println(OUT_OF_MEMORY);
                } finally {
                    Runtime.getRuntime().halt(1);
                }
            }
            System.err.print("Exception in thread \"%s\" ".formatted(thread.getName()));
            e.printStackTrace();
        });
    }

    /// Whatever the locale: System.out would print `?` for most letters when it is C, as under cron.
    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new BufferedOutputStream(new FileOutputStream(stream)), true, StandardCharsets.UTF_8);
    }
}
