package {{package}};

import dev.tollbar.testkit.ScenarioRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The scenarios, each in a whole gateway with the jar that was built. */
class ScenariosIT {

  @TestFactory
  Stream<DynamicTest> scenarios() throws IOException {
    Path bundled = Path.of(System.getProperty("tollbar.plugins"));
    return ScenarioRunner.scenarios(Path.of("src", "test", "resources", "scenarios"), bundled);
  }
}
