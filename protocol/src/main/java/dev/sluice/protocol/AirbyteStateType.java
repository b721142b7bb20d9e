package dev.sluice.protocol;

/// The scope of a state.
public enum AirbyteStateType {
    STREAM,
    GLOBAL,
    LEGACY
}
