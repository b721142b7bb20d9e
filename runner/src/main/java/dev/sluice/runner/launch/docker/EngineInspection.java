package dev.sluice.runner.launch.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Version;
import dev.sluice.runner.launch.EngineReport;
import java.util.Optional;

/// Asks an engine about itself.
final class EngineInspection {
    private EngineInspection() {}

    static EngineReport report(DockerClient client, String address) {
        Version version = client.versionCmd().exec();
        Info info = client.infoCmd().exec();
        return new EngineReport(
                version.getVersion(),
                version.getApiVersion(),
                address,
                version.getOperatingSystem() + "/" + version.getArch(),
                address.startsWith("unix:") && System.getProperty("os.version").equals(version.getKernelVersion()),
                info.getMemTotal() == null ? 0 : info.getMemTotal(),
                String.valueOf(info.getDockerRootDir()));
    }

    static Optional<EngineReport.Image> image(DockerClient client, String image) {
        try {
            InspectImageResponse there = client.inspectImageCmd(image).exec();
            return Optional.of(new EngineReport.Image(
                    there.getSize() == null ? 0 : there.getSize(), String.valueOf(there.getCreated())));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }
}
