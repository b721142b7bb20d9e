package dev.sluice.cdk;

import dev.sluice.protocol.AirbyteCatalog;
import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;

/// What an author of a source implements.
///
/// Any method may throw: a [ConnectorException] says who can mend it, anything else counts as a mistake of the
/// connector. An interrupt means: stop now, what is emitted is kept.
///
/// @param <C> a record whose components are the settings, see [dev.sluice.cdk.config.Setting]
public interface Source<C> {
    /// The record the configuration is read into; the spec and the validation come from it too.
    Class<C> configType();

    String documentationUrl();

    /// Tries the configuration on the real system. A wrong setting is an answer, not an exception.
    AirbyteConnectionStatus check(C config) throws Exception;

    AirbyteCatalog discover(C config) throws Exception;

    /// Reads the configured streams, each in [MessageEmitter#stream].
    ///
    /// @param states where earlier reads stopped; empty for a stream that starts over
    void read(C config, ConfiguredAirbyteCatalog catalog, SourceStates states, MessageEmitter out) throws Exception;

    /// Does once, without network and in about a second, what a run does most: the classes it loads are kept
    /// in the connector's start cache (JDK AOT cache), which halves the time to the first message.
    default void rehearse(MessageEmitter out) throws Exception {}
}
