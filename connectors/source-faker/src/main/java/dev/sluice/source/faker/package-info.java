/// Made-up products, users and purchases, in the shape of Airbyte's faker and as fast as the wire allows: the load
/// for trying a destination out and for measuring one.
package dev.sluice.source.faker;
