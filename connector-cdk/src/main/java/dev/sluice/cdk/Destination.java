package dev.sluice.cdk;

import dev.sluice.protocol.AirbyteConnectionStatus;
import dev.sluice.protocol.ConfiguredAirbyteCatalog;
import dev.sluice.protocol.DestinationSyncMode;
import java.util.List;

/// What an author of a destination implements.
///
/// @param <C> a record whose components are the settings, see [dev.sluice.cdk.config.Setting]
public interface Destination<C> {
    /// The record the configuration is read into; the spec and the validation come from it too.
    Class<C> configType();

    String documentationUrl();

    List<DestinationSyncMode> supportedSyncModes();

    /// Tries the configuration on the real system and leaves nothing behind. A wrong setting is an answer,
    /// not an exception.
    AirbyteConnectionStatus check(C config) throws Exception;

    /// Prepares the tables of the catalog.
    ///
    /// @param out for log messages; states are the kit's business
    DestinationWriter open(C config, ConfiguredAirbyteCatalog catalog, MessageEmitter out) throws Exception;

    /// See [Source#rehearse].
    default void rehearse(MessageEmitter out) throws Exception {}
}
