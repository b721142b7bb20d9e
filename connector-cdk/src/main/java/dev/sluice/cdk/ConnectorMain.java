package dev.sluice.cdk;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cdk.config.ConfigSchema;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.FailureType;
import dev.sluice.protocol.json.Json;
import dev.sluice.protocol.json.MessageReader;
import dev.sluice.protocol.json.MessageWriter;
import dev.sluice.protocol.json.Messages;
import dev.sluice.protocol.json.UnknownMessageException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Runs a connector's command line: `spec`, `check`, `discover` and `read` or `write`.
///
/// Exit codes: 0 done, 1 failed (a TRACE on standard output says why), 2 wrong command line, 143 after SIGTERM.
public final class ConnectorMain {
    /// How long a connector may take to put its affairs in order after SIGTERM.
    private static final long GRACE_SECONDS = 10;

    private final Connector<?> connector;
    private final InputStream stdin;
    private final OutputStream stdout;
    private final PrintStream stderr;

    private ConnectorMain(Connector<?> connector, InputStream stdin, OutputStream stdout, PrintStream stderr) {
        this.connector = connector;
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /// Runs a source and ends the JVM with its exit code.
    public static void run(Source<?> source, String[] args) {
        exit(new Connector.OfSource<>(source), args);
    }

    /// Runs a destination and ends the JVM with its exit code.
    public static void run(Destination<?> destination, String[] args) {
        exit(new Connector.OfDestination<>(destination), args);
    }

    /// The same within this JVM, for tests: returns the exit code and ends nothing.
    public static int run(Source<?> source, String[] args, InputStream stdin, OutputStream stdout, PrintStream stderr) {
        return new ConnectorMain(new Connector.OfSource<>(source), stdin, stdout, stderr).run(args);
    }

    /// The same within this JVM, for tests: returns the exit code and ends nothing.
    public static int run(
            Destination<?> destination, String[] args, InputStream stdin, OutputStream stdout, PrintStream stderr) {
        return new ConnectorMain(new Connector.OfDestination<>(destination), stdin, stdout, stderr).run(args);
    }

    private static void exit(Connector<?> connector, String[] args) {
        OutputStream stdout = new FileOutputStream(FileDescriptor.out);
        // A library that prints must not do so between our messages.
        System.setOut(System.err);
        ConnectorMain main = new ConnectorMain(connector, new StandardInput(), stdout, System.err);
        Thread runs = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Thread stop = Thread.ofPlatform().name("stop").unstarted(() -> {
            main.stopping = true;
            runs.interrupt();
            try {
                ended.await(GRACE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(stop);
        int code = 1;
        try {
            code = main.run(args);
        } finally {
            ended.countDown();
        }
        if (code != STOPPED) {
            // halt, not exit: nothing is left to do, and a library's shutdown hooks only cost time.
            Runtime.getRuntime().halt(code);
        }
    }

    private static final int STOPPED = 143;

    /// Set before the interrupt that ends whatever the connector is waiting for.
    private volatile boolean stopping;

    private int run(String[] args) {
        ObjectNode schema = ConfigSchema.of(connector.configType());
        Secrets secrets = new Secrets(schema);
        MessageWriter writer = new MessageWriter(stdout);
        MessageEmitter out = new MessageEmitter(writer, secrets);
        try {
            Arguments arguments = Arguments.parse(connector.commands(), args);
            int code = run(connector, arguments, schema, secrets, out);
            writer.flush();
            return code;
        } catch (Arguments.UsageException e) {
            stderr.println(e.getMessage());
            return 2;
        } catch (InterruptedException e) {
            flushQuietly(writer);
            return STOPPED;
        } catch (Throwable e) {
            // Errors too: a JVM that ends without a word leaves its user nothing to go by. What an interrupt
            // made of whatever the connector was doing is no failure.
            if (stopping || Thread.interrupted()) {
                flushQuietly(writer);
                return STOPPED;
            }
            return report(out, writer, e);
        }
    }

    /// Whoever reads our output may be gone; then there is nobody to tell and standard error must do.
    private int report(MessageEmitter out, MessageWriter writer, Throwable e) {
        try {
            out.error(e, Optional.empty());
            writer.flush();
        } catch (UncheckedIOException | IOException gone) {
            stderr.println("standard output is closed: " + gone.getMessage());
        }
        return 1;
    }

    private static void flushQuietly(MessageWriter writer) {
        try {
            writer.flush();
        } catch (IOException e) {
            // Whoever asked us to stop need not read on.
        }
    }

    private <C> int run(
            Connector<C> connector, Arguments arguments, ObjectNode schema, Secrets secrets, MessageEmitter out)
            throws Exception {
        switch (arguments.command()) {
            case "spec" -> out.write(connector.specification(schema));
            case "check" -> {
                AirbyteConnectionStatus status;
                try {
                    status = connector.check(config(connector, arguments, schema, secrets));
                } catch (ConnectorException e) {
                    if (e.failureType() != FailureType.CONFIG_ERROR) {
                        throw e;
                    }
                    status = AirbyteConnectionStatus.failed(e.getMessage());
                }
                out.write(new AirbyteConnectionStatus(
                        status.status(), status.message().map(secrets::mask)));
            }
            case "discover" ->
                out.write(((Connector.OfSource<C>) connector)
                        .source()
                        .discover(config(connector, arguments, schema, secrets)));
            case "read" -> {
                C config = config(connector, arguments, schema, secrets);
                ConfiguredAirbyteCatalog catalog = catalog(arguments);
                ((Connector.OfSource<C>) connector).source().read(config, catalog, states(arguments), out);
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped while reading");
                }
                return out.isComplete(catalog) ? 0 : 1;
            }
            case "write" -> {
                C config = config(connector, arguments, schema, secrets);
                ConfiguredAirbyteCatalog catalog = catalog(arguments);
                try (DestinationWriter rows =
                        ((Connector.OfDestination<C>) connector).destination().open(config, catalog, out)) {
                    return new DestinationLoop(catalog, rows, new MessageReader(stdin), out).run();
                }
            }
            case "train-aot" -> {
                out.write(connector.specification(schema));
                ConfigSchema.rehearse(schema);
                connector.rehearse(out);
            }
            default -> throw new AssertionError(arguments.command());
        }
        return 0;
    }

    private static <C> C config(Connector<C> connector, Arguments arguments, ObjectNode schema, Secrets secrets) {
        JsonNode config = json(arguments.file("config"), "configuration");
        secrets.learn(config);
        return ConfigSchema.read(config, schema, connector.configType());
    }

    private static ConfiguredAirbyteCatalog catalog(Arguments arguments) {
        Path file = arguments.file("catalog");
        try {
            return Json.mapper().treeToValue(json(file, "configured catalog"), ConfiguredAirbyteCatalog.class);
        } catch (JacksonException e) {
            throw ConnectorException.config(
                    "%s is not a configured catalog: %s".formatted(file, e.getOriginalMessage()));
        }
    }

    private static SourceStates states(Arguments arguments) {
        Optional<Path> file = arguments.optionalFile("state");
        if (file.isEmpty()) {
            return SourceStates.none();
        }
        try {
            return new SourceStates(Messages.statesFromJson(json(file.get(), "state")));
        } catch (UnknownMessageException e) {
            throw ConnectorException.config("%s holds something that %s".formatted(file.get(), e.getMessage()));
        }
    }

    private static JsonNode json(Path file, String what) {
        try {
            JsonNode json = Json.mapper().readTree(Files.readAllBytes(file));
            if (json.isMissingNode()) {
                throw ConnectorException.config("the %s %s is empty".formatted(what, file));
            }
            return json;
        } catch (JacksonException e) {
            throw ConnectorException.config("the %s %s is not JSON".formatted(what, file));
        } catch (IOException e) {
            throw ConnectorException.config("the %s %s cannot be read: %s".formatted(what, file, e));
        }
    }
}
