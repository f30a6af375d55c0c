import Testing

@testable import Surface

@Suite struct LayoutTests {
  @Test func partsNeverOverlapAndNeverLeave() {
    var generator = SeededGenerator(11)
    for _ in 0..<2000 {
      let rect = Rect(
        x: 3, y: 4, width: Int.random(in: 0...60, using: &generator),
        height: Int.random(in: 0...60, using: &generator))
      let parts = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        Layout.Part(
          minimum: Int.random(in: 0...20, using: &generator),
          weight: Double.random(in: 0...3, using: &generator).rounded(),
          maximum: Bool.random(using: &generator)
            ? .max : Int.random(in: 0...30, using: &generator))
      }
      let gap = Int.random(in: 0...2, using: &generator)
      let rects = Layout.split(rect, .columns, parts, gap: gap)
      #expect(rects.count == parts.count)
      var end = rect.x
      for (part, place) in zip(parts, rects) {
        #expect(place.x >= end && place.right <= rect.right)
        #expect(place.width <= part.maximum)
        end = place.right
      }
      let room = max(0, rect.width - gap * max(0, parts.count - 1))
      let minima = parts.reduce(0) { $0 + $1.minimum }
      if minima <= room {
        #expect(zip(parts, rects).allSatisfy { $0.minimum <= $1.width })
        if parts.contains(where: { $0.weight > 0 && $0.maximum == .max }) {
          #expect(rects.reduce(0) { $0 + $1.width } == room)
        }
      }
    }
  }

  @Test func weightsShareWhatIsLeft() {
    let parts = [Layout.Part.fixed(3), Layout.Part(weight: 1), Layout.Part(weight: 2)]
    #expect(
      Layout.split(Rect(x: 0, y: 0, width: 33, height: 1), .columns, parts).map(\.width)
        == [3, 10, 20])
  }

  @Test func panesChooseColumnsBySize() {
    func shape(_ count: Int, _ width: Int, _ height: Int) -> [Int] {
      let panes = Layout.panes(count, in: Rect(x: 0, y: 0, width: width, height: height))
      return Dictionary(grouping: panes, by: \.y).sorted { $0.key < $1.key }.map(\.value.count)
    }
    #expect(shape(4, 80, 22) == [2, 2])
    #expect(shape(6, 200, 56) == [3, 3])
    #expect(shape(2, 40, 40) == [1, 1])
    #expect(shape(9, 80, 22) == [2, 2])
    #expect(shape(3, 20, 5) == [1])
    #expect(shape(1, 500, 200) == [1])
    #expect(shape(4, 0, 10) == [])
  }

  @Test func panesTileTheRectangle() {
    for width in stride(from: 1, through: 300, by: 23) {
      for height in stride(from: 1, through: 120, by: 17) {
        for count in 1...9 {
          let panes = Layout.panes(count, in: Rect(x: 2, y: 1, width: width, height: height))
          #expect(panes.reduce(0) { $0 + $1.width * $1.height } == width * height)
          #expect(!panes.isEmpty && panes.count <= count)
        }
      }
    }
  }
}
