package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyBytesTest {
  private static final int MOST = 100_000;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4_095, 4_096, 4_097, 65_536, 65_537, 99_999, 100_000})
  void readsAllThatThereIsWhateverIsSaidOfIt(int size) throws Exception {
    byte[] body = body(size);
    for (OptionalLong said :
        new OptionalLong[] {
          OptionalLong.empty(),
          OptionalLong.of(0),
          OptionalLong.of(size / 2),
          OptionalLong.of(size),
          OptionalLong.of(size + 7L),
          OptionalLong.of(Long.MAX_VALUE)
        }) {
      assertThat(read(body, said)).as("%s said", said).isEqualTo(body);
    }
  }

  @Test
  void ofMoreItReadsOneByteTooMany() throws Exception {
    byte[] body = body(MOST + 10);

    assertThat(read(body, OptionalLong.empty())).hasSize(MOST + 1);
    assertThat(read(body, OptionalLong.of(10))).hasSize(MOST + 1);
    assertThat(read(body, OptionalLong.of(MOST))).hasSize(MOST + 1);
    assertThat(read(body, OptionalLong.of(MOST + 10L))).hasSize(MOST + 1);
  }

  private static byte[] read(byte[] body, OptionalLong said) throws Exception {
    try (ReplyRoom.Place place = ReplyRoom.ofThisProcess().enter()) {
      return ReplyBytes.upTo(MOST, said, new ByteArrayInputStream(body), place);
    }
  }

  private static byte[] body(int size) {
    byte[] body = new byte[size];
    new Random(size).nextBytes(body);
    return body;
  }
}
