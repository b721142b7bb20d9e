package dev.sluice.protocol;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Comparator;
import java.util.Optional;

/// The name of a stream, with the namespace (schema, database) it lives in. An empty namespace is the same as
/// none: sources print `""`, null and nothing at all for one and the same stream.
public record StreamDescriptor(
        @JsonProperty("name") String name,
        @JsonProperty("namespace") Optional<String> namespace) implements Comparable<StreamDescriptor> {

    private static final Comparator<StreamDescriptor> ORDER =
            Comparator.comparing((StreamDescriptor d) -> d.namespace.orElse("")).thenComparing(StreamDescriptor::name);

    public StreamDescriptor {
        requireNonNull(name, "name is missing");
        namespace = Absent.orEmpty(namespace).filter(n -> !n.isEmpty());
    }

    public StreamDescriptor(String name) {
        this(name, Optional.empty());
    }

    @Override
    public int compareTo(StreamDescriptor other) {
        return ORDER.compare(this, other);
    }

    /// As a person writes it: `public.orders`, or `orders` when there is no namespace.
    @Override
    public String toString() {
        return namespace.map(n -> n + "." + name).orElse(name);
    }
}
