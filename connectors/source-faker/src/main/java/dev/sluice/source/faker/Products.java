package dev.sluice.source.faker;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.cdk.StreamEmitter;
import dev.sluice.protocol.AirbyteStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;

/// The hundred things that are sold; the same for every seed.
final class Products implements FakeStream {
    static final String NAME = "products";
    static final int COUNT = 100;

    private static final String CREATED_AT = "2024-03-01T09:30:00+00:00";

    private record Product(String make, String model, int year, BigDecimal price) {
        static Product parse(String line) {
            String[] parts = line.split(", ");
            return new Product(parts[0], parts[1], Integer.parseInt(parts[2]), new BigDecimal(parts[3]));
        }
    }

    private static final List<Product> ALL =
            Words.PRODUCTS.lines().map(Product::parse).toList();

    static AirbyteStream described() {
        return new StreamShape()
                        .column("id", "integer")
                        .texts("make", "model")
                        .column("year", "integer")
                        .column("price", "number")
                        .time("created_at")
                        .time("updated_at")
                        .stream(NAME);
    }

    @Override
    public long positions(long count) {
        return Math.min(count, COUNT);
    }

    @Override
    public long rowsBefore(long position) {
        return position;
    }

    @Override
    public void emit(long position, Now now, StreamEmitter rows) throws InterruptedException {
        Product product = ALL.get((int) position);
        rows.record(now.tick(), json -> write(json, position + 1, product, now));
    }

    private static void write(JsonGenerator json, long id, Product product, Now now) throws IOException {
        json.writeNumberField("id", id);
        json.writeStringField("make", product.make());
        json.writeStringField("model", product.model());
        json.writeNumberField("year", product.year());
        json.writeNumberField("price", product.price());
        json.writeStringField("created_at", CREATED_AT);
        json.writeFieldName("updated_at");
        now.writeUpdatedAt(json);
    }
}
