import CNcurses
import Glibc
import Ground
import Surface

extension TerminalScreen {
  /// Shows a grid: sends what differs from the last one.
  ///
  /// - Parameters:
  ///   - focus: where the cursor rests while no text is typed, hidden, for screen readers.
  ///   - pictures: over cells that the grid leaves blank.
  ///   - kind: how pictures are sent.
  ///   - budget: about how many bytes of cells are sent, so that keys are heeded before the next ones.
  /// - Returns: whether all of it is there; another call sends more.
  @discardableResult
  public func show(
    _ grid: Grid, focus: Point? = nil, pictures: [Picture] = [], as kind: PictureProtocol = .none,
    budget: Int = .max
  ) -> Bool {
    guard !isGone else { return true }
    let before = WrittenBytes.ofThisThread
    let mustSend = mustRepaint || pictures != shownPictures
    let changed = mustSend ? changedPictures(pictures, as: kind) : []
    if mustRepaint { clearok(fulcrum_window(), true) }
    let old = mustRepaint ? Grid(size: Size(width: 0, height: 0)) : shown
    let runs = grid.changes(from: old)
    let sent = runs.prefix(costing: budget)
    for run in sent { put(run) }
    if let cursor = grid.cursor {
      curs_set(1)
      wmove(fulcrum_window(), Int32(cursor.y), Int32(cursor.x))
    } else {
      curs_set(0)
      let place = focus ?? Point(x: 0, y: max(0, grid.size.height - 1))
      wmove(fulcrum_window(), Int32(place.y), Int32(place.x))
    }
    wrefresh(fulcrum_window())
    if mustSend { send(pictures, only: changed, as: kind) }
    mustRepaint = false
    shown = old.size == grid.size ? old : Grid(size: grid.size)
    shown.apply(sent)
    let bytes = WrittenBytes.ofThisThread - before
    frameBytes = isPartial ? frameBytes + bytes : bytes
    totalBytes += bytes
    isPartial = sent != runs
    return !isPartial
  }

  /// Takes the pictures away that are no longer there, and says which ones are to be sent: sixels lie in the
  /// cells, which are written again, also under others beside them.
  private func changedPictures(_ new: [Picture], as kind: PictureProtocol) -> [Int] {
    let old = shownPictures
    if kind == .kitty {
      for number in old.indices.dropFirst(new.count) {
        send(KittyEncoder.removal(number: number + 1))
      }
    }
    if mustRepaint { return Array(new.indices) }
    if kind == .kitty {
      return new.indices.filter { $0 >= old.count || old[$0] != new[$0] }
    }
    var cleared: [Rect] = []
    for picture in old where !new.contains(where: { $0.area == picture.area }) {
      wredrawln(fulcrum_window(), Int32(picture.area.y), Int32(picture.area.height))
      cleared.append(picture.area)
    }
    return new.indices.filter { number in
      let area = new[number].area
      return !old.contains(new[number])
        || cleared.contains { $0.y < area.bottom && area.y < $0.bottom }
    }
  }

  /// Sends pictures over the cells; ncurses finds the cursor where it left it.
  private func send(_ pictures: [Picture], only numbers: [Int], as kind: PictureProtocol) {
    shownPictures = kind == .none ? [] : pictures
    for number in numbers where shownPictures.indices.contains(number) {
      let picture = pictures[number]
      let code =
        kind == .kitty
        ? KittyEncoder.encoded(picture, number: number + 1) : SixelEncoder.encoded(picture)
      send("\u{1B}7\u{1B}[\(picture.area.y + 1);\(picture.area.x + 1)H" + code + "\u{1B}8")
    }
  }

  /// Pixels of a cell, as far as the terminal says.
  public var cellSize: Size {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_xpixel > 0,
      window.ws_ypixel > 0, window.ws_col > 0, window.ws_row > 0
    else { return Size(width: 10, height: 20) }
    return Size(
      width: max(1, Int(window.ws_xpixel / window.ws_col)),
      height: max(1, Int(window.ws_ypixel / window.ws_row)))
  }

  private func put(_ run: ChangedRun) {
    var column = run.x
    for cell in run.cells {
      defer { column += 1 }
      guard cell.width > 0 else { continue }
      let scalars = cell.text.unicodeScalars.map(\.value)
      let pair = colourPairs.pair(for: cell.style)
      _ = fulcrum_put(
        Int32(run.y), Int32(column), scalars, Int32(scalars.count),
        ColourPairs.attributes(cell.style), pair)
    }
  }
}
