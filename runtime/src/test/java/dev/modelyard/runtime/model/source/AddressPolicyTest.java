package dev.modelyard.runtime.model.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
  private static final AddressPolicy DEFAULT = new AddressPolicy(List.of());

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, loopback",
    "127.255.255.254, loopback",
    "::1, loopback",
    "0.0.0.0, unspecified",
    "0.1.2.3, this-network",
    "::, unspecified",
    "169.254.169.254, link-local",
    "fe80::1, link-local",
    "224.0.0.1, multicast",
    "ff02::1, multicast",
    "255.255.255.255, broadcast",
    "fd00:ec2::254, cloud metadata",
    "100.100.100.200, cloud metadata",
    "::ffff:127.0.0.1, loopback",
    "64:ff9b::a9fe:a9fe, link-local",
    "2002:7f00:1::, loopback",
    "::127.0.0.1, loopback",
  })
  void refuses(String address, String kind) throws UnknownHostException {
    assertThat(DEFAULT.refusal(InetAddress.getByName(address))).contains(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"93.184.216.34", "10.1.2.3", "192.168.0.1", "fd12::1", "64:ff9b::101:101"})
  void allows(String address) throws UnknownHostException {
    assertThat(DEFAULT.refusal(InetAddress.getByName(address))).isEmpty();
  }

  @Test
  void allowsOnlyTheBlocksNamed() throws UnknownHostException {
    AddressPolicy policy = new AddressPolicy(List.of(Cidr.parse("127.0.0.0/9")));

    assertThat(policy.refusal(InetAddress.getByName("127.127.0.1"))).isEmpty();
    assertThat(policy.refusal(InetAddress.getByName("127.128.0.1"))).contains("loopback");
    assertThat(policy.refusal(InetAddress.getByName("::1"))).contains("loopback");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "127.0.0.0/33", "127.0.0/8", "::1/129", "10.0.0.0/a", "/8", ""})
  void aBlockIsALiteral(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write for example");
  }
}
