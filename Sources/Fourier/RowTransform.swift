import Ground

/// The Fourier transform between the voxels of a cube that lie in rows and the half-spectrum within a
/// radius.
///
/// What is masked and band-limited is a small part of a cube and its spectrum; lines of voxels or
/// frequencies that are zero, or that nobody asks for, are not transformed. Neither direction scales. One
/// transform may be used by many threads at once, each with its own workspace; and each use of it shares
/// its columns and planes between the free threads of its crew.
public final class RowTransform: Sendable {
  /// The voxels.
  public let rows: VoxelRows
  /// Samples along the cube's edge.
  public var size: Int { rows.size }
  private let rowLength: Int
  private let line: LineTransform
  private static let width = LineTransform.width

  /// A transform for some voxels of a cube of even size.
  public init(_ rows: VoxelRows) {
    precondition(rows.size > 0 && rows.size % 2 == 0)
    self.rows = rows
    rowLength = (rows.size / 2 + Self.width) / Self.width * Self.width
    line = LineTransform(size: rows.size)
  }

  /// Memory for one transform at a time.
  public final class Workspace: Sendable {
    /// The planes that have rows, transformed along x and y: [plane][eight of x][y][8].
    fileprivate let half: FFTBuffer<ComplexFloat>
    fileprivate let lines: WorkspacePool<Lines>

    fileprivate init(half: Int, size: Int, rowLength: Int) {
      self.half = FFTBuffer(count: half)
      lines = WorkspacePool { Lines(size: size, rowLength: rowLength) }
    }
  }

  /// The lines that a thread has in hand.
  fileprivate final class Lines: Sendable {
    let one: FFTBuffer<ComplexFloat>, two: FFTBuffer<ComplexFloat>
    let plane: FFTBuffer<ComplexFloat>
    let real: FFTBuffer<Float>

    init(size: Int, rowLength: Int) {
      one = FFTBuffer(count: size * RowTransform.width)
      two = FFTBuffer(count: size * RowTransform.width)
      plane = FFTBuffer(count: size * rowLength)
      real = FFTBuffer(count: size)
    }
  }

  /// Blocks of columns that a thread transforms at a time.
  private static let chunk = 8

  /// Memory for spectra up to a radius.
  public func workspace(radius: Int) -> Workspace {
    Workspace(
      half: rows.planes.count * Columns(size: size, radius: radius).perPlane * Self.width,
      size: size, rowLength: rowLength)
  }

  /// Bytes of a workspace, for all voxels of a cube or those of some planes of it.
  public static func bytes(size: Int, planes: Int, radius: Int) -> Int {
    planes * Columns(size: size, radius: radius).perPlane * width
      * MemoryLayout<ComplexFloat>.stride
  }

  /// The lines of a plane that hold frequencies within a radius: y from −reach to reach for every eight
  /// neighbours in x.
  private struct Columns {
    let reaches: [Int]
    /// Number of lines before each eight.
    let starts: [Int]
    let perPlane: Int

    init(size: Int, radius: Int) {
      let limit = BallSpectrum.limit(size: size, radius: radius)
      reaches = stride(from: 0, through: limit, by: RowTransform.width).map {
        BallSpectrum.reach(size: size, radius: radius, beyond: $0 * $0) ?? -1
      }
      var (starts, count) = ([Int](), 0)
      for reach in reaches {
        starts.append(count)
        count += 2 * reach + 1
      }
      (self.starts, perPlane) = (starts, count)
    }

    /// Where a line of the y frequency is in its eight: 0 … reach, and then −reach … −1.
    func place(_ ky: Int, _ eight: Int) -> Int {
      starts[eight] + (ky >= 0 ? ky : ky + 2 * reaches[eight] + 1)
    }
  }

  // MARK: Spectrum to voxels

  /// The values of the voxels, of the spectrum times factors.
  ///
  /// - Parameters:
  ///   - radius: beyond which the spectrum is taken for zero; at most its own.
  ///   - gains: by squared distance from the origin up to radius²; nil for 1.
  ///   - values: one for each voxel of the rows.
  public func inverse(
    _ spectrum: BallSpectrum, radius: Int? = nil, gains: [Float]? = nil, _ workspace: Workspace,
    into values: UnsafeMutablePointer<Float>
  ) {
    let radius = min(radius ?? spectrum.radius, spectrum.radius)
    let columns = Columns(size: size, radius: radius)
    precondition(spectrum.size == size && (gains?.count ?? .max) > radius * radius)
    precondition(workspace.half.count >= rows.planes.count * columns.perPlane * Self.width)
    // Zeros behind the factors for the samples of a block that are beyond the radius.
    let beyond = 2 * Self.width * (radius + Self.width)
    let padded = FFTBuffer<Float>(count: radius * radius + 1 + beyond)
    for square in 0...(radius * radius) { padded.pointer[square] = gains.map { $0[square] } ?? 1 }
    transformColumns(spectrum, radius: radius, padded.pointer, columns, workspace)
    transformRows(columns, workspace, into: values)
  }

  /// From the spectrum times factors to the planes of voxels, whose columns are left in the workspace.
  private func transformColumns(
    _ spectrum: BallSpectrum, radius: Int, _ gains: UnsafePointer<Float>, _ columns: Columns,
    _ workspace: Workspace
  ) {
    nonisolated(unsafe) let gains = gains
    inParallel(spectrum.blocks.count, chunk: Self.chunk) { range in
      let lines = workspace.lines.take()
      defer { workspace.lines.giveBack(lines) }
      for number in range {
        let block = spectrum.blocks[number]
        let square = block.ky * block.ky + block.kx * block.kx
        guard let reach = BallSpectrum.reach(size: size, radius: radius, beyond: square) else {
          continue
        }
        load(
          spectrum.values.pointer + number * size * Self.width, block, reach: reach,
          limit: spectrum.limit, gains, lines.one.pointer)
        line.inverse(lines.one.pointer, into: lines.two.pointer)
        var target =
          workspace.half.pointer + columns.place(block.ky, block.kx / Self.width) * Self.width
        for plane in rows.planes {
          target.copyEight(from: lines.two.pointer + plane.z * Self.width)
          target += columns.perPlane * Self.width
        }
      }
    }
  }

  /// From the columns in the workspace to the voxels of the rows.
  private func transformRows(
    _ columns: Columns, _ workspace: Workspace, into values: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let values = values
    inParallel(rows.planes.count) { range in
      let lines = workspace.lines.take()
      defer { workspace.lines.giveBack(lines) }
      for number in range {
        let plane = rows.planes[number]
        let half = workspace.half.pointer + number * columns.perPlane * Self.width
        unfold(half, columns, plane.rows, lines)
        for row in rows.rows[plane.rows] {
          let spectrum = lines.plane.pointer + row.y * rowLength
          let covered = columns.reaches.count * Self.width
          (spectrum + covered).clear(rowLength - covered)
          line.inverse(spectrum, intoReal: lines.real.pointer)
          (values + row.first).update(
            from: lines.real.pointer + row.x.lowerBound, count: row.x.count)
        }
      }
    }
  }

  /// A block's columns times the factors.
  private func load(
    _ source: UnsafePointer<ComplexFloat>, _ block: BallSpectrum.Block, reach: Int, limit: Int,
    _ gains: UnsafePointer<Float>, _ target: UnsafeMutablePointer<ComplexFloat>
  ) {
    let width = Self.width
    (target + (reach + 1) * width).clear((size - 2 * reach - 1) * width)
    let (from, to) = (UnsafeRawPointer(source), UnsafeMutableRawPointer(target))
    let bytes = width * MemoryLayout<ComplexFloat>.stride
    // Samples of the Nyquist frequency and beyond are not part of a ball.
    let isInside = SIMD8<Float>((0..<width).map { block.kx + $0 <= limit ? 1 : 0 })
    let squares = (0..<width).map { (block.kx + $0) * (block.kx + $0) }
    squares.withUnsafeBufferPointer { squares in
      for kz in 0...reach {
        let plane = gains + (block.ky * block.ky + kz * kz)
        var gain = SIMD8<Float>()
        for x in 0..<width { gain[x] = plane[squares[x]] }
        gain *= isInside
        var both = SIMD16<Float>()
        both.evenHalf = gain
        both.oddHalf = gain
        var offset = kz * bytes
        to.storeBytes(
          of: from.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self) * both,
          toByteOffset: offset, as: SIMD16<Float>.self)
        guard kz > 0 else { continue }
        offset = (size - kz) * bytes
        to.storeBytes(
          of: from.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self) * both,
          toByteOffset: offset, as: SIMD16<Float>.self)
      }
    }
  }

  /// Transforms a plane along y, into lines of x for its rows.
  private func unfold(
    _ half: UnsafeMutablePointer<ComplexFloat>, _ columns: Columns, _ rows: Range<Int>,
    _ workspace: Lines
  ) {
    for (eight, reach) in columns.reaches.enumerated() {
      let source = half + columns.starts[eight] * Self.width
      let block = workspace.one.pointer
      block.update(from: source, count: (reach + 1) * Self.width)
      (block + (reach + 1) * Self.width).clear((size - 2 * reach - 1) * Self.width)
      (block + (size - reach) * Self.width).update(
        from: source + (reach + 1) * Self.width, count: reach * Self.width)
      line.inverse(block, into: workspace.two.pointer)
      for row in self.rows.rows[rows] {
        (workspace.plane.pointer + row.y * rowLength + eight * Self.width)
          .copyEight(from: workspace.two.pointer + row.y * Self.width)
      }
    }
  }

  // MARK: Voxels to spectrum

  /// The spectrum of the voxels' values, all other voxels being zero.
  public func forward(
    _ values: UnsafePointer<Float>, _ workspace: Workspace, into spectrum: BallSpectrum
  ) {
    let columns = Columns(size: size, radius: spectrum.radius)
    precondition(spectrum.size == size)
    precondition(workspace.half.count >= rows.planes.count * columns.perPlane * Self.width)
    nonisolated(unsafe) let values = values
    inParallel(rows.planes.count) { range in
      let lines = workspace.lines.take()
      defer { workspace.lines.giveBack(lines) }
      for number in range {
        let plane = rows.planes[number]
        for row in rows.rows[plane.rows] {
          let (real, start, end) = (lines.real.pointer, row.x.lowerBound, row.x.upperBound)
          real.update(repeating: 0, count: start)
          (real + start).update(from: values + row.first, count: end - start)
          (real + end).update(repeating: 0, count: size - end)
          line.forward(real: real, into: lines.plane.pointer + row.y * rowLength)
        }
        fold(
          plane.rows, columns,
          into: workspace.half.pointer + number * columns.perPlane * Self.width, lines)
      }
    }
    inParallel(spectrum.blocks.count, chunk: Self.chunk) { range in
      let lines = workspace.lines.take()
      defer { workspace.lines.giveBack(lines) }
      for number in range {
        let block = spectrum.blocks[number]
        var source =
          workspace.half.pointer + columns.place(block.ky, block.kx / Self.width) * Self.width
        if rows.planes.count < size { lines.one.clear() }
        for plane in rows.planes {
          (lines.one.pointer + plane.z * Self.width).copyEight(from: source)
          source += columns.perPlane * Self.width
        }
        line.forward(
          lines.one.pointer, into: spectrum.values.pointer + number * size * Self.width)
      }
    }
  }

  /// Transforms the lines of x of a plane along y.
  private func fold(
    _ rows: Range<Int>, _ columns: Columns, into half: UnsafeMutablePointer<ComplexFloat>,
    _ workspace: Lines
  ) {
    for (eight, reach) in columns.reaches.enumerated() {
      let block = workspace.one.pointer
      if rows.count < size { workspace.one.clear() }
      for row in self.rows.rows[rows] {
        (block + row.y * Self.width)
          .copyEight(from: workspace.plane.pointer + row.y * rowLength + eight * Self.width)
      }
      let result = workspace.two.pointer
      line.forward(block, into: result)
      let target = half + columns.starts[eight] * Self.width
      target.update(from: result, count: (reach + 1) * Self.width)
      (target + (reach + 1) * Self.width).update(
        from: result + (size - reach) * Self.width, count: reach * Self.width)
    }
  }
}
