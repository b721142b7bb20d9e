package dev.sluice.cdk;

import dev.sluice.protocol.FailureType;

/// A failure with a sentence for the user: what happened, where, what to do now. Never a secret in it.
public final class ConnectorException extends RuntimeException {
    private final FailureType failureType;

    private ConnectorException(FailureType failureType, String message, Throwable cause) {
        super(message, cause);
        this.failureType = failureType;
    }

    /// The user's setting is wrong; trying again does not help.
    public static ConnectorException config(String message) {
        return new ConnectorException(FailureType.CONFIG_ERROR, message, null);
    }

    public static ConnectorException config(String message, Throwable cause) {
        return new ConnectorException(FailureType.CONFIG_ERROR, message, cause);
    }

    /// Something outside did not answer; trying again later may help.
    public static ConnectorException temporary(String message) {
        return new ConnectorException(FailureType.TRANSIENT_ERROR, message, null);
    }

    public static ConnectorException temporary(String message, Throwable cause) {
        return new ConnectorException(FailureType.TRANSIENT_ERROR, message, cause);
    }

    /// The connector, or the system it speaks to, did what it must not do.
    public static ConnectorException system(String message, Throwable cause) {
        return new ConnectorException(FailureType.SYSTEM_ERROR, message, cause);
    }

    public FailureType failureType() {
        return failureType;
    }
}
