package dev.sluice.destination.postgres;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.cdk.ConnectorException;
import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;
import java.util.Optional;

/// The settings, under the names, orders and groups that the published connector gave them.
@ConfigForm(
        title = "Postgres Destination Specification",
        groups = {"connection=Connection", "sync_behavior=Sync Behavior", "advanced=Advanced"})
record PostgresConfig(
        @Setting(
                title = "Host",
                description = "Hostname of the database.",
                order = 0,
                group = "connection",
                env = "PGHOST")
        String host,

        @Setting(
                title = "Port",
                description = "Port of the database.",
                order = 1,
                group = "connection",
                defaultValue = "5432",
                minimum = 0,
                maximum = 65536,
                examples = "\"5432\"",
                env = "PGPORT")
        int port,

        @Setting(
                title = "Database Name",
                description = "Name of the database.",
                order = 2,
                group = "connection",
                env = "PGDATABASE")
        String database,

        @Setting(
                title = "Default Schema",
                description = "Schema of the streams that have no namespace of their own.",
                order = 3,
                group = "connection",
                defaultValue = "\"public\"",
                examples = "\"public\"")
        String schema,

        @Setting(
                title = "Username",
                description = "User who may create tables in the schema.",
                order = 4,
                group = "connection",
                env = {"PGUSER", "USER"})
        String username,

        @Setting(
                title = "Password",
                description = "Password of the user; not needed where the server trusts it.",
                order = 5,
                secret = true,
                group = "connection",
                env = "PGPASSWORD")
        Optional<String> password,

        @Setting(
                title = "SSL Connection",
                description = "Encrypts the connection. `ssl_mode`, when set, decides instead.",
                order = 6,
                group = "connection",
                defaultValue = "false")
        boolean ssl,

        @Setting(
                title = "SSL Modes",
                description = "How the connection is encrypted and what is verified; without it the server decides.",
                order = 7,
                group = "connection")
        Optional<SslMode> sslMode,

        @Setting(
                title = "CDC deletion mode",
                description = "Whether rows that the source deleted go (hard), or stay with `_ab_cdc_deleted_at` set"
                        + " (soft).",
                order = 8,
                alwaysShow = true,
                group = "sync_behavior",
                defaultValue = "\"Hard delete\"")
        CdcDeletionMode cdcDeletionMode,

        @Setting(
                title = "JDBC URL Params",
                description = "Further properties of the driver, as `key1=value1&key2=value2`.",
                order = 9,
                group = "connection")
        Optional<String> jdbcUrlParams,

        @Setting(
                title = "Airbyte Internal Schema Name",
                description = "Only for raw tables, which are not supported yet.",
                order = 10,
                group = "connection")
        Optional<String> rawDataSchema,

        @Setting(
                title = "Disable Final Tables",
                description = "Raw tables instead of typed ones. Not supported yet.",
                order = 11,
                group = "connection",
                defaultValue = "false")
        boolean disableTypeDedupe,

        @Setting(
                title = "Drop tables with CASCADE",
                description = "When a table is replaced, views and others that depend on it are dropped with it."
                        + " Without this they stay, and the rows are replaced in the table that is there.",
                order = 12,
                group = "connection",
                defaultValue = "false")
        boolean dropCascade,

        @Setting(
                title = "Unconstrained numeric columns",
                description = "Number columns are always unconstrained: every digit is kept.",
                order = 13,
                group = "connection",
                defaultValue = "false")
        boolean unconstrainedNumber,

        @Setting(
                title = "SSH Tunnel Method",
                description = "Whether to reach the server through an SSH tunnel.",
                order = 14,
                group = "connection")
        Optional<TunnelMethod> tunnelMethod) {

    enum CdcDeletionMode {
        @JsonProperty("Hard delete")
        HARD_DELETE,
        @JsonProperty("Soft delete")
        SOFT_DELETE
    }

    PostgresConfig {
        schema = schema.isBlank() ? "public" : schema;
    }

    /// @throws ConnectorException a configuration error for what is described but not done yet
    void requireSupported() {
        if (tunnelMethod.isPresent() && !(tunnelMethod.get() instanceof TunnelMethod.NoTunnel)) {
            throw ConnectorException.config(
                    "an SSH tunnel is not supported yet; open one yourself, point `host` and `port` at it, and set"
                            + " `tunnel_method` to NO_TUNNEL");
        }
        if (disableTypeDedupe) {
            throw ConnectorException.config("raw tables are not supported yet; set `disable_type_dedupe` to false");
        }
    }

    @Override
    public String toString() {
        return "PostgresConfig[%s@%s:%d/%s]".formatted(username, host, port, database);
    }
}
