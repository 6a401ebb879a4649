package dev.tollbar.examples.demo;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the program was told.
 *
 * @param home Tollbar's folder
 * @param data where the gateway keeps its data; a new temporary folder if absent
 * @param once whether to end after the tour
 */
record Settings(Path home, Optional<Path> data, boolean once) {
  static final String USAGE = "usage: java -jar demo.jar TOLLBAR_FOLDER [--once] [--data DIR]";

  /**
   * Reads the command line.
   *
   * @throws TourException with the usage, if it is another one
   */
  static Settings of(List<String> arguments) throws TourException {
    Optional<Path> home = Optional.empty();
    Optional<Path> data = Optional.empty();
    boolean once = false;
    Iterator<String> words = arguments.iterator();
    while (words.hasNext()) {
      String word = words.next();
      if (word.equals("--once")) {
        once = true;
      } else if (word.equals("--data") && words.hasNext()) {
        data = Optional.of(Path.of(words.next()));
      } else if (!word.startsWith("-") && home.isEmpty()) {
        home = Optional.of(Path.of(word));
      } else {
        throw new TourException(USAGE);
      }
    }
    return new Settings(
        home.orElseThrow(() -> new TourException(USAGE)).toAbsolutePath().normalize(),
        data.map(Path::toAbsolutePath),
        once);
  }
}
