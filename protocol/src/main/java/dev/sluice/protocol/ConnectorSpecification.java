package dev.sluice.protocol;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.NON_EMPTY;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/// What a connector can do and how it is configured.
///
/// @param connectionSpecification JSON Schema (draft-07) of the configuration, with Airbyte's annotations
/// @param authSpecification how OAuth is set up; deprecated in favour of `advancedAuth`, kept as it came
/// @param advancedAuth how OAuth is set up, kept as it came: nothing here reads inside
public record ConnectorSpecification(
        @JsonProperty("documentationUrl") Optional<String> documentationUrl,
        @JsonProperty("changelogUrl") Optional<String> changelogUrl,
        @JsonProperty("connectionSpecification") ObjectNode connectionSpecification,
        @JsonProperty("supportsIncremental") Optional<Boolean> supportsIncremental,
        @JsonProperty("supportsNormalization") Optional<Boolean> supportsNormalization,
        @JsonProperty("supportsDBT") Optional<Boolean> supportsDbt,

        @JsonInclude(NON_EMPTY) @JsonProperty("supported_destination_sync_modes")
        List<DestinationSyncMode> supportedDestinationSyncModes,

        @JsonProperty("authSpecification") Optional<JsonNode> authSpecification,
        @JsonProperty("advanced_auth") Optional<JsonNode> advancedAuth,
        @JsonProperty("protocol_version") Optional<String> protocolVersion)
        implements AirbyteMessage {

    public ConnectorSpecification {
        requireNonNull(connectionSpecification, "connectionSpecification is missing");
        documentationUrl = Absent.orEmpty(documentationUrl);
        changelogUrl = Absent.orEmpty(changelogUrl);
        supportsIncremental = Absent.orEmpty(supportsIncremental);
        supportsNormalization = Absent.orEmpty(supportsNormalization);
        supportsDbt = Absent.orEmpty(supportsDbt);
        supportedDestinationSyncModes = Absent.orEmpty(supportedDestinationSyncModes);
        authSpecification = Absent.orEmptyNode(authSpecification);
        advancedAuth = Absent.orEmptyNode(advancedAuth);
        protocolVersion = Absent.orEmpty(protocolVersion);
    }

    /// A source's.
    public static ConnectorSpecification source(String documentationUrl, ObjectNode connectionSpecification) {
        return of(documentationUrl, connectionSpecification, List.of());
    }

    /// A destination's.
    public static ConnectorSpecification destination(
            String documentationUrl, ObjectNode connectionSpecification, List<DestinationSyncMode> modes) {
        return of(documentationUrl, connectionSpecification, modes);
    }

    private static ConnectorSpecification of(String url, ObjectNode schema, List<DestinationSyncMode> modes) {
        return new ConnectorSpecification(
                Optional.of(url),
                Optional.empty(),
                schema,
                Optional.of(true),
                Optional.empty(),
                Optional.empty(),
                modes,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
