package dev.sluice.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// An API of shops and their orders on the loopback interface, for the low-code connector in `manifest.yaml`.
final class TestingShops implements BeforeEachCallback, AfterEachCallback {
    private static final int PAGE = 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, List<ObjectNode>> orders = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private HttpServer server;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        server.stop(0);
    }

    /// The `source:` of a connection file: the connector in a container.
    String source() {
        return """
                source:
                  image: "%s"
                  network: host
                  config: {url: "http://127.0.0.1:%d"}
                """.formatted(
                PythonConnector.SOURCE_SHOPS.image(), server.getAddress().getPort());
    }

    /// Adds an order, and the shop if it is new.
    synchronized TestingShops order(String shop, int number, String updatedAt, String note) {
        orders.computeIfAbsent(shop, fresh -> new ArrayList<>())
                .add(JSON.createObjectNode()
                        .put("shop", shop)
                        .put("number", number)
                        .put("note", note)
                        .put("amount", number * 0.25)
                        .put("updated_at", updatedAt));
        return this;
    }

    /// So many orders of one day, a second apart.
    TestingShops orders(String shop, int count, String day) {
        for (int i = 1; i <= count; i++) {
            order(shop, i, "%sT10:%02d:%02dZ".formatted(day, i / 60, i % 60), "n°" + i);
        }
        return this;
    }

    /// Shop and `since` of each request for orders since this was last called.
    synchronized List<String> asked() {
        List<String> asked = this.asked.stream().distinct().sorted().toList();
        this.asked.clear();
        return asked;
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = items(exchange).toString().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private synchronized ObjectNode items(HttpExchange exchange) {
        Map<String, String> query = new HashMap<>();
        for (String pair : exchange.getRequestURI().getQuery().split("&")) {
            query.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        List<ObjectNode> rows = new ArrayList<>();
        if (exchange.getRequestURI().getPath().equals("/shops")) {
            orders.keySet().forEach(shop -> rows.add(JSON.createObjectNode().put("id", shop)));
        } else {
            asked.add(query.get("shop") + " since " + query.get("since"));
            orders.get(query.get("shop")).stream()
                    .filter(order -> order.get("updated_at").asText().compareTo(query.get("since")) >= 0)
                    .forEach(rows::add);
        }
        int page = Integer.parseInt(query.get("page"));
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode items = answer.putArray("items");
        rows.stream().skip((page - 1L) * PAGE).limit(PAGE).forEach(items::add);
        return answer;
    }
}
