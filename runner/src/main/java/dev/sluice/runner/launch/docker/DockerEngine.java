package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.util.Locale;
import java.util.Map;

/// The engine, and how its refusals read.
final class DockerEngine implements AutoCloseable {
    private final DockerClientConfig config;
    private final DockerClient client;

    /// @param environment of the user, for DOCKER_HOST
    DockerEngine(Map<String, String> environment) {
        try {
            DefaultDockerClientConfig.Builder builder = DefaultDockerClientConfig.createDefaultConfigBuilder();
            String host = environment.getOrDefault("DOCKER_HOST", "");
            if (!host.isEmpty()) {
                builder.withDockerHost(host);
            }
            config = builder.build();
            client = DockerClientImpl.getInstance(
                    config,
                    new ZerodepDockerHttpClient.Builder()
                            .dockerHost(config.getDockerHost())
                            .sslConfig(config.getSSLConfig())
                            .build());
        } catch (RuntimeException e) {
            throw new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "docker.wrong_host",
                    "the address of the Docker engine is not one: " + firstLine(e),
                    "DOCKER_HOST",
                    "write it like unix:///var/run/docker.sock, or unset it",
                    e);
        }
    }

    DockerClient client() {
        return client;
    }

    String address() {
        return config.getDockerHost().toString();
    }

    /// Whether files here are files there, so that a directory can be mounted.
    boolean isLocal() {
        return config.getDockerHost().getScheme().equals("unix");
    }

    void requireAnswer() {
        try {
            client.pingCmd().exec();
        } catch (RuntimeException e) {
            throw refused(e);
        }
    }

    /// Turns whatever docker-java throws into a sentence.
    RunnerException refused(RuntimeException e) {
        String socket = config.getDockerHost().toString();
        String text = text(e);
        if (text.contains("permission denied")) {
            return new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "docker.not_permitted",
                    "this user may not talk to Docker",
                    socket,
                    "add the user to the group `docker`, or run with `launch: process`, which needs no Docker",
                    e);
        }
        if (!(e instanceof DockerException)) {
            return new RunnerException(
                    FailureType.TRANSIENT_ERROR,
                    "docker.unreachable",
                    "Docker does not answer",
                    socket,
                    "start it (`./check` does, on Debian), or run with `launch: process`, which needs no Docker",
                    e);
        }
        return new RunnerException(
                FailureType.TRANSIENT_ERROR, "docker.refused", "Docker refused: " + firstLine(e), socket, "", e);
    }

    private static String text(Throwable e) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = e; t != null; t = t.getCause()) {
            all.append(t.getMessage()).append('\n');
        }
        return all.toString().toLowerCase(Locale.ROOT);
    }

    static String firstLine(Throwable e) {
        String message = String.valueOf(e.getMessage()).strip();
        String json = "{\"message\":\"";
        int at = message.indexOf(json);
        if (at >= 0) {
            int end = message.indexOf("\"}", at);
            message = message.substring(at + json.length(), end < 0 ? message.length() : end);
        }
        return message.lines().findFirst().orElse("").replace("\\n", " ").strip();
    }

    @Override
    public void close() {
        try {
            client.close();
        } catch (java.io.IOException e) {
            // Nothing is waiting for an answer any more.
        }
    }
}
