import CryoEM
import Terminal

extension MaskScreen {
  static let context = Command.Context.mask

  static let bindings: [Binding<MaskScreen>] =
    placing
    + crossHairBindings(bar: [
      "coordinates": 5, "box-centre": 7, "slice-forward": 9, "slice-back": 10, "more-contrast": 12,
    ]) + masks + maps

  private static let placing: [Binding<MaskScreen>] = [
    Binding(
      "set-fulcrum", ["f", .enter], "Set fulcrum", "Put the fulcrum at the cross", bar: 0,
      obstacle: { $0.unread },
      does: .effects { [.pop, .answer(.setFulcrum(ofRegion: $0.region), $0.hair.text)] }),
    Binding(
      "mask-centre", ["c"], "Mask centre", "Cross to the mask's centre of mass", bar: 6,
      obstacle: { $0.chosen?.report == nil ? "There is no mask" : nil },
      does: .change { screen in
        if let centre = screen.chosen?.report?.centre { screen.cross = screen.voxel(at: centre) }
      }),
  ]

  private static let masks: [Binding<MaskScreen>] = [
    Binding(
      "make-mask", ["n"], "New mask", "Make a mask of this map", bar: 3,
      obstacle: {
        $0.unread ?? ($0.volumes?.map == nil ? "There is no map to make a mask of" : nil)
      },
      does: .effects { screen in screen.maker.map { [.push($0)] } ?? [] }),
    Binding(
      "outline", ["o"], "Outline", "Show or hide the mask's outline", bar: 11,
      obstacle: { $0.unread }, does: .change { $0.showsOutline.toggle() }),
    Binding(
      "dynamic-mask", ["d"], "Dynamic", "Preview the dynamic mask", bar: 13,
      obstacle: { $0.unread }, does: .effects { $0.toggleDynamicMask() }),
    Binding(
      "raise-threshold", [">"], "Threshold", "Raise the dynamic mask's threshold",
      bar: .at(15) { $0.threshold != nil }, obstacle: { $0.unread },
      does: .effects { $0.changeThreshold(by: 0.02) }),
    Binding(
      "lower-threshold", ["<"], "Lower", "Lower the dynamic mask's threshold",
      bar: .at(16) { $0.threshold != nil }, obstacle: { $0.unread },
      does: .effects { $0.changeThreshold(by: -0.02) }),
    hinge(
      bar: 14,
      obstacle: {
        $0.volumes?.hinge == nil
          ? "No hinge is known: the half-maps are of no run that has learnt one" : nil
      }, toggle: { $0.showsHinge.toggle() }),
  ]

  private static let maps: [Binding<MaskScreen>] =
    regionBindings(
      next: .at(1) { $0.job.regions.count > 1 }, previous: .at(2) { $0.job.regions.count > 1 },
      obstacle: { $0.noOtherRegion },
      step: {
        $0.stepRegion(by: $1)
        return []
      }) + [
      Binding(
        "maps", ["V"], "Maps", "Surface and slices of the maps", bar: 4,
        obstacle: { $0.unread ?? ($0.shelf == nil ? "The job names no map yet" : nil) },
        does: .effects { screen in screen.shelf.map { [.push(MapScreen(shelf: $0))] } ?? [] })
    ]

  var commonBar: [(command: Command, rank: Int)] { [(.nextPane, 8)] }

  private var noOtherRegion: String? {
    job.regions.count < 2 ? "The job has no other region" : nil
  }

  private var maker: MaskMakerScreen? {
    volumes?.map.map {
      MaskMakerScreen(
        job: job, region: region, map: $0, resolution: chosen?.resolution, hair: hair)
    }
  }

  private var shelf: MapShelf? {
    let places = fulcra.map { $0.map { ($0 - Double(size / 2)) * pixelSize } }
    return MapShelf(job, fulcra: places, hinges: [volumes?.hinge], chosen: region ?? 0)
  }
}
