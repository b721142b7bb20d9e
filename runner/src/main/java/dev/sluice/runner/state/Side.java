package dev.sluice.runner.state;

/// Which end of a connection a connector is.
public enum Side {
    SOURCE,
    DESTINATION
}
