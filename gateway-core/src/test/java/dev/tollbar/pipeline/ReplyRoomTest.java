package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.UpstreamException;
import java.io.ByteArrayInputStream;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReplyRoomTest {
  private static final byte[] LARGE = new byte[300_000];

  private final ReplyRoom room = new ReplyRoom(1_000_000);

  private static byte[] read(ReplyRoom.Place place) throws UpstreamException {
    return ReplyBytes.all(OptionalLong.of(LARGE.length), new ByteArrayInputStream(LARGE), place);
  }

  @Test
  void holdsRepliesUntilTheyAreSent() throws UpstreamException {
    try (ReplyRoom.Place place = room.enter()) {
      assertThat(read(place)).isEqualTo(LARGE);
      assertThat(room.held()).isBetween(300_000L, 700_000L);
    }
    assertThat(room.held()).isZero();
  }

  @Test
  void refusesTheOneThatIsTooMuch() throws UpstreamException {
    try (ReplyRoom.Place first = room.enter()) {
      read(first);
      long before = room.held();
      try (ReplyRoom.Place second = room.enter()) {
        assertThatThrownBy(() -> read(second))
            .isInstanceOf(UpstreamException.class)
            .hasMessage("replies that have to be held as a whole take more than 1000000 bytes");
      }
      assertThat(room.held()).isEqualTo(before);
    }
    try (ReplyRoom.Place again = room.enter()) {
      assertThat(read(again)).isEqualTo(LARGE);
    }
  }
}
