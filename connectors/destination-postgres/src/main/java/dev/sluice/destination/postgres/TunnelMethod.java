package dev.sluice.destination.postgres;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;

/// Whether the server is reached through an SSH tunnel. Only [NoTunnel] is supported so far; the others are
/// described so that a published configuration is understood, and refused with a sentence.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "tunnel_method")
@JsonSubTypes({
    @JsonSubTypes.Type(TunnelMethod.NoTunnel.class),
    @JsonSubTypes.Type(TunnelMethod.SshKey.class),
    @JsonSubTypes.Type(TunnelMethod.SshPassword.class)
})
sealed interface TunnelMethod {
    @JsonTypeName("NO_TUNNEL")
    @ConfigForm(title = "No Tunnel")
    record NoTunnel() implements TunnelMethod {}

    @JsonTypeName("SSH_KEY_AUTH")
    @ConfigForm(title = "SSH Key Authentication", description = "Not supported yet.")
    record SshKey(
            @Setting(title = "SSH Tunnel Jump Server Host", order = 1)
            String tunnelHost,

            @Setting(
                    title = "SSH Connection Port",
                    order = 2,
                    defaultValue = "22",
                    minimum = 0,
                    maximum = 65536,
                    examples = "\"22\"")
            int tunnelPort,

            @Setting(title = "SSH Login Username", order = 3)
            String tunnelUser,

            @Setting(title = "SSH Private Key", order = 4, secret = true, multiline = true)
            String sshKey)
            implements TunnelMethod {}

    @JsonTypeName("SSH_PASSWORD_AUTH")
    @ConfigForm(title = "Password Authentication", description = "Not supported yet.")
    record SshPassword(
            @Setting(title = "SSH Tunnel Jump Server Host", order = 1)
            String tunnelHost,

            @Setting(
                    title = "SSH Connection Port",
                    order = 2,
                    defaultValue = "22",
                    minimum = 0,
                    maximum = 65536,
                    examples = "\"22\"")
            int tunnelPort,

            @Setting(title = "SSH Login Username", order = 3)
            String tunnelUser,

            @Setting(title = "Password", order = 4, secret = true)
            String tunnelUserPassword)
            implements TunnelMethod {}
}
