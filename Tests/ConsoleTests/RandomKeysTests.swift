import Surface
import Terminal
import Testing

@testable import Console

/// No size and no key may bring the application down.
@Suite struct RandomKeysTests {
  /// SplitMix64: the same keys at every run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let keys: [Key] =
    ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/?:[]{}<>+-=*!&. é漢")
    .map(Key.character)
    + [
      .enter, .escape, .tab, .backTab, .backspace, .delete, .up, .down, .left, .right, .home, .end,
      .pageUp, .pageDown, .control("p"), .control("g"), .control("e"), .control("z"),
      .control("r"), .control("c"), .alt("x"),
    ] + (1...12).map(Key.function)

  @Test(arguments: Stage.Scene.allCases)
  func survivesAnything(_ scene: Stage.Scene) throws {
    var generator = Generator(state: UInt64(scene.rawValue.utf8.reduce(7) { $0 &* 31 + Int($1) }))
    var stage = Stage(scene)
    for step in 0..<250 {
      switch Int.random(in: 0..<12, using: &generator) {
      case 0:
        stage.take(
          .resize(
            columns: Int.random(in: 1...120, using: &generator),
            rows: Int.random(in: 1...45, using: &generator)))
      case 1, 2:
        let kinds: [MouseEvent.Kind] = [.press, .drag, .release, .wheelUp, .wheelDown]
        let size = stage.application.surroundings.size
        let kind = try #require(kinds.randomElement(using: &generator))
        stage.take(
          .mouse(
            MouseEvent(
              kind, column: Int.random(in: 0..<max(1, size.width), using: &generator),
              row: Int.random(in: 0..<max(1, size.height), using: &generator))))
      case 3: stage.take(.paste("12.5 \u{1B}[31m\n\u{0}x"))
      default:
        let key = try #require(Self.keys.randomElement(using: &generator))
        stage.take(.key(key))
      }
      // Drawing is what may trap; every fourth state is drawn to keep the suite short.
      if step % 4 == 0 {
        #expect(stage.grid.size == stage.application.surroundings.size)
      }
    }
  }

  @Test(arguments: Stage.Scene.allCases)
  func drawsAtEverySize(_ scene: Stage.Scene) {
    var stage = Stage(scene)
    let sizes = [
      (1, 1), (2, 1), (1, 3), (19, 4), (20, 5), (21, 6), (25, 6), (30, 8), (40, 10), (60, 16),
      (79, 23), (100, 30), (133, 8), (22, 60), (500, 200),
    ]
    for (width, height) in sizes {
      stage.take(.resize(columns: width, rows: height))
      #expect(stage.grid.size == Size(width: width, height: height))
    }
  }
}
