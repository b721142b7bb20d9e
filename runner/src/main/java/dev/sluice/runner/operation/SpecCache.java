package dev.sluice.runner.operation;

import dev.sluice.protocol.ConnectorSpecification;
import dev.sluice.protocol.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// Remembers specs by the connector's fingerprint, so that a sync need not start a connector just to ask. A
/// cache that cannot be read or written is no cache; nothing depends on it.
public final class SpecCache {
    private final Path directory;

    public SpecCache(Path directory) {
        this.directory = directory;
    }

    Optional<ConnectorSpecification> get(String fingerprint) {
        if (fingerprint.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Json.mapper().readValue(Files.readAllBytes(file(fingerprint)), ConnectorSpecification.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void put(String fingerprint, ConnectorSpecification spec) {
        if (fingerprint.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(directory);
            Path half = Files.createTempFile(directory, "spec", ".tmp");
            Files.write(half, Json.mapper().writeValueAsBytes(spec));
            Files.move(half, file(fingerprint), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // Asked again next time.
        }
    }

    private Path file(String fingerprint) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(fingerprint.getBytes(StandardCharsets.UTF_8));
            return directory.resolve(HexFormat.of().formatHex(hash, 0, 16) + ".json");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
