import CryoEM
import Glibc
import Ground
import Motion
import Runs
import Tools

/// How the regions of a finished run move, and the maps that move along the modes.
struct RegionMotion: Sendable {
  /// The run.
  var folder: String
  var report: MotionReport?
  var regions: [Region] = []
  /// The particles with their places along the modes, where they are not those of a run.
  var particles: String?
  /// Why there is nothing to see.
  var problem: Problem?

  /// A region's final maps.
  struct Region: Sendable, Hashable {
    var name: String
    var source: ComposeRecipe.Region
    /// Å from the box centre.
    var fulcrum: Vector3?
  }

  init(folder: String) { self.folder = folder }

  /// Reads what a run, or a folder of `fulcrum motion`, says of a motion.
  init(reading folder: String) {
    self.init(folder: folder)
    if let made = MotionFolder(folder) {
      read(made)
      return
    }
    let run = RunFolder(folder)
    do throws(Problem) {
      report = try run.motion()
      regions = try run.finishedRegions().compactMap { region in
        guard let map = region.file("map.mrc"), let mask = region.file("mask.mrc") else {
          return nil
        }
        return Region(
          name: region.name,
          source: ComposeRecipe.Region(
            map: map, mask: mask, localResolution: region.file("local_resolution.mrc")),
          fulcrum: region.summary.fulcrumPoint)
      }
    } catch { problem = error }
  }

  private mutating func read(_ made: MotionFolder) {
    particles = made.particles
    do throws(Problem) {
      let report = try made.report()
      self.report = report
      let maps = try made.maps()
      guard maps.count == report.regions.count else {
        throw Problem(
          "\(made.path): \(Format.counted(maps.count, "map")) of "
            + "\(Format.counted(report.regions.count, "region"))",
          whatToDo: "Make the folder again: fulcrum motion RUN RUN -o FOLDER.")
      }
      regions = zip(report.regions, maps).map { name, files in
        let local = FilePath.joined(FilePath.folder(of: files.map), "local_resolution.mrc")
        let place = report.means?.first { $0.region == name }?.fulcrum ?? []
        return Region(
          name: name,
          source: ComposeRecipe.Region(
            map: files.map, mask: files.mask,
            localResolution: access(local, R_OK) == 0 ? local : nil),
          fulcrum: place.count == 3 ? Vector3(place[0], place[1], place[2]) : nil)
      }
    } catch {
      // The modes are known in any case.
      if report == nil { problem = error }
    }
  }

  /// The modes that are more than noise.
  var modes: [MotionReport.Mode] {
    report.map { Array($0.modes.prefix($0.claimed)) } ?? []
  }
}

/// A moment along a mode, of which a map is composed.
struct ModeFrame: Sendable, Hashable {
  /// The run.
  var folder: String
  /// From 0.
  var mode: Int
  /// Standard deviations.
  var amplitude: Double

  /// "−1.5 sd".
  var title: String {
    let size = Format.fixed(abs(amplitude), 1)
    return (amplitude < 0 && size != "0.0" ? "−" : "") + size + " sd"
  }
}

extension MapShelf {
  /// Moments along a mode, from one end to the other, whose maps are composed when they are to be seen.
  ///
  /// - Parameter reach: how far it goes to either side, standard deviations.
  init(_ motion: RegionMotion, mode: Int, reach: Double) {
    let frames = Self.modeFrames
    steps = (0..<frames).map { index in
      let amplitude = reach * (2 * Double(index) / Double(frames - 1) - 1)
      let frame = ModeFrame(folder: motion.folder, mode: mode, amplitude: amplitude)
      return MapStep(
        title: frame.title, maps: [.map: MapRequest(files: [], kind: .map, frame: frame)])
    }
    title = "mode \(mode + 1) of \(RunFolder(motion.folder).name)"
    // The maps of a folder of its own are those of runs elsewhere.
    let root = motion.particles == nil ? RunFolder(motion.folder).root : nil
    masks = motion.regions.map { MapRequest(files: [$0.source.mask], kind: .mask, root: root) }
    (regions, fulcra) = (motion.regions.map(\.name), motion.regions.map(\.fulcrum))
  }

  /// Maps along a mode; an odd number has one in the middle.
  static let modeFrames = 9
}
