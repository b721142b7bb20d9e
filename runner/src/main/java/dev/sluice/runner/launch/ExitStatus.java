package dev.sluice.runner.launch;

import dev.sluice.protocol.FailureType;

/// How a connector ended.
public sealed interface ExitStatus {
    record Exited(int code) implements ExitStatus {}

    /// The kernel killed it at its memory limit.
    record OutOfMemory(long limitBytes) implements ExitStatus {}

    /// A signal that nobody here sent.
    record Killed(int signal) implements ExitStatus {}

    /// We stopped it.
    record Stopped() implements ExitStatus {}

    /// It ended while its engine was not there to say how.
    record Lost() implements ExitStatus {}

    /// From the code a shell would show: above 128 it is the signal that ended it.
    static ExitStatus of(int code) {
        return code > 128 && code < 160 ? new Killed(code - 128) : new Exited(code);
    }

    default boolean isSuccess() {
        return this instanceof Exited(int code) && code == 0;
    }

    /// The predicate of a sentence whose subject is the connector.
    default String describe() {
        return switch (this) {
            case Exited(int code) when code == 2 -> "exited with code 2: it did not understand its command line";
            case Exited(int code)
            when code == 126 || code == 127 ->
                "could not be started: its entry point was not found or may not be executed (code %d)".formatted(code);
            case Exited(int code) -> "exited with code %d".formatted(code);
            case OutOfMemory(long limit) -> "was killed: it used all of its %d MiB of memory".formatted(limit >> 20);
            case Killed(int signal) -> "was killed by signal %d".formatted(signal);
            case Stopped() -> "was stopped";
            case Lost() -> "was lost: Docker does not answer any more";
        };
    }

    /// The code of the error that this ending is.
    default String errorCode() {
        return switch (this) {
            case Exited _, Killed _, Stopped _, Lost _ -> "connector.exited";
            case OutOfMemory _ -> "connector.out_of_memory";
        };
    }

    default FailureType type() {
        return switch (this) {
            case Exited(int code) when code == 2 -> FailureType.CONFIG_ERROR;
            case Exited _, Killed _, Stopped _, OutOfMemory _ -> FailureType.SYSTEM_ERROR;
            case Lost _ -> FailureType.TRANSIENT_ERROR;
        };
    }

    /// What to do now; empty when it depends.
    default String next() {
        return switch (this) {
            case OutOfMemory _ -> "raise `memory:` of this connector in the connection file";
            case Lost _ -> "see that Docker runs, then run it again to continue";
            case Exited _, Killed _, Stopped _ -> "";
        };
    }
}
