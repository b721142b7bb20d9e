package dev.sluice.runner.cli;

import dev.sluice.protocol.FailureType;

/// The codes every command ends with.
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG = 2;
    static final int UNAVAILABLE = 3;

    private ExitCode() {}

    static int of(FailureType type) {
        return switch (type) {
            case SYSTEM_ERROR -> FAILED;
            case CONFIG_ERROR -> WRONG;
            case TRANSIENT_ERROR -> UNAVAILABLE;
        };
    }
}
