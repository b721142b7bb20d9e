package dev.sluice.protocol;

/// Started (nothing read yet), running (first record read), then complete, or incomplete after an error.
public enum AirbyteStreamStatus {
    STARTED,
    RUNNING,
    COMPLETE,
    INCOMPLETE
}
