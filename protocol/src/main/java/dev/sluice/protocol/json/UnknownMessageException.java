package dev.sluice.protocol.json;

/// A JSON object that is not a message this program knows. Its text is the end of a sentence.
public final class UnknownMessageException extends Exception {
    UnknownMessageException(String reason) {
        super(reason);
    }
}
