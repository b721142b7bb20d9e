package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A low-code connector, as most of Airbyte's are, run by the interpreter in Airbyte's kit: streams at the same time,
/// a stream without a cursor, and one with a cursor for each of its partitions.
final class LowCodeIT {
    @RegisterExtension
    private final SluiceCli sluice = new SluiceCli();

    @RegisterExtension
    private final TestingShops shops = new TestingShops();

    @Test
    void goesOnShopByShopIntoPostgres() {
        goesOnShopByShop(TestingPostgres.make().tellPassword(sluice), "docker");
    }

    @Test
    void goesOnShopByShopIntoDuckdb() {
        goesOnShopByShop(DuckdbFile.in(sluice.work()), "process");
    }

    private void goesOnShopByShop(Warehouse warehouse, String destinationLaunch) {
        shops.orders("north", 45, "2024-03-01").orders("south", 25, "2024-03-05");
        sluice.write("shops.yaml", shops.source() + warehouse.destination(destinationLaunch));

        Finished first = sluice.run("sync", "shops.yaml").succeeds();

        assertThat(first.out()).contains("2 streams, 72 records in");
        assertThat(shops.asked())
                .containsExactly("north since 2024-01-01T00:00:00Z", "south since 2024-01-01T00:00:00Z");
        assertThat(orders(warehouse)).isEqualTo("north 45 258.75, south 25 81.25");
        assertThat(sluice.run("state", "show", "shops.yaml").succeeds().out())
                .contains("\"use_global_cursor\" : false", "2024-03-01T10:00:45Z", "2024-03-05T10:00:25Z");

        // Older than all of the south, newer than all of the north; and a shop that is new.
        shops.order("north", 46, "2024-03-02T00:00:00Z", "late").order("west", 1, "2024-03-06T00:00:00Z", "new");

        sluice.run("sync", "shops.yaml").succeeds();

        // Airbyte's kit asks a shop it does not know from where the furthest was, less as long as that sync took.
        List<String> asked = shops.asked();
        assertThat(asked).hasSize(3).contains("north since 2024-03-01T10:00:45Z", "south since 2024-03-05T10:00:25Z");
        assertThat(asked.getLast()).startsWith("west since 2024-03-05T");
        assertThat(orders(warehouse)).isEqualTo("north 46 270.25, south 25 81.25, west 1 0.25");
        assertThat(warehouse.one("SELECT string_agg(id, ' ' ORDER BY id) FROM shops"))
                .isEqualTo("north south west");
        assertThat(warehouse.one("SELECT note FROM orders WHERE shop = 'south' AND number = 7"))
                .isEqualTo("n°7");
    }

    private static String orders(Warehouse warehouse) {
        return warehouse.one("""
                SELECT string_agg(shop || ' ' || n || ' ' || amount, ', ' ORDER BY shop)
                  FROM (SELECT shop, count(*) AS n, CAST(sum(amount) AS DECIMAL(18, 2)) AS amount
                          FROM orders GROUP BY shop) AS shops
                """);
    }
}
