import Terminal

/// Everything that a key, the key bar or the command palette can ask for.
///
/// To add a command: a case here, its line in `Command.table` (label, help, keys), and its effect in
/// the `perform` of the screen that owns its context.
public enum Command: String, Sendable, Hashable, CaseIterable {
  // Everywhere.
  case help, commands, back, quit, theme, marker, glyphs, colours, mouse, redraw, testCard =
    "test-card"
  case statistics, export, copy, pictures
  case nextPane = "next-pane"
  case previousPane = "previous-pane"
  case up, down, left, right
  case pageUp = "page-up"
  case pageDown = "page-down"
  case first, last, jump
  // Runs.
  case open, mark
  case markAll = "mark-all"
  case compare, new
  case newFrom = "new-from"
  case best
  case rename, note, tag, tree, watch, delete, sort
  case reverseSort = "reverse-sort"
  case filter, reload
  // Those that wait; `enqueue` is the form's as well.
  case queueEarlier = "queue-earlier"
  case queueLater = "queue-later"
  case stopQueue = "stop-queue"
  case moreSlots = "more-slots"
  case fewerSlots = "fewer-slots"
  // Job form.
  case edit, toggle, undo, redo, reset, about
  case resetAll = "reset-all"
  case presets, clone, difference, search
  case onlyChanged = "only-changed"
  case advanced
  case commandLine = "command-line"
  case save, check, start, vary, enqueue
  case maskView = "mask-view"
  case nextSection = "next-section"
  case previousSection = "previous-section"
  case addRegion = "add-region"
  case copyRegion = "copy-region"
  case removeRegion = "remove-region"
  case renameRegion = "rename-region"
  case regionEarlier = "region-earlier"
  case regionLater = "region-later"
  // Fulcrum and mask view.
  case setFulcrum = "set-fulcrum"
  case maskCentre = "mask-centre"
  case boxCentre = "box-centre"
  case coordinates
  case sliceForward = "slice-forward"
  case sliceBack = "slice-back"
  case outline, hinge
  case moreContrast = "more-contrast"
  case lessContrast = "less-contrast"
  case dynamicMask = "dynamic-mask"
  case raiseThreshold = "raise-threshold"
  case lowerThreshold = "lower-threshold"
  // Mask maker.
  case makeMask = "make-mask"
  case typeThreshold = "type-threshold"
  case automaticThreshold = "automatic-threshold"
  case filterMap = "filter-map"
  case pickPiece = "pick-piece"
  case nextPiece = "next-piece"
  case allPieces = "all-pieces"
  case paintSphere = "paint-sphere"
  case eraseSphere = "erase-sphere"
  case sphereRadius = "sphere-radius"
  case growMask = "grow-mask"
  case edgeWidth = "edge-width"
  case previewMask = "preview-mask"
  case useMask = "use-mask"
  // Maps.
  case maps, blink, clip, report, tools, select
  case colourBy = "colour-by"
  case fitView = "fit"
  case viewAxis = "view-axis"
  // Live run and results.
  case panel1 = "panel-1"
  case panel2 = "panel-2"
  case panel3 = "panel-3"
  case panel4 = "panel-4"
  case panel5 = "panel-5"
  case panel6 = "panel-6"
  case panel7 = "panel-7"
  case panel8 = "panel-8"
  case panel9 = "panel-9"
  case zoom, pause, stop
  case stopAfter = "stop-after"
  case change, detach
  case previousIteration = "previous-iteration"
  case nextIteration = "next-iteration"
  case follow, baseline, projection, mapKind = "map"
  case plane
  case mapProjection = "map-projection"
  case wider, narrower, taller, shorter
  case panelSet = "panel-set"
  case logLevel = "log-level"
  case particles, parameters
  case continueRun = "continue"
  case resume, advice, guinier
  case panelMarker = "panel-marker"
  case nextRegion = "next-region"
  case previousRegion = "previous-region"
  // Modes of the regions' motion.
  case modes, play, exaggerate
  case rangeFrom = "range-from"
  case rangeTo = "range-to"

  /// The screens and panes in which keys have their own meaning.
  public enum Context: String, Sendable, Hashable, CaseIterable {
    case everywhere, runs, sweep, form, mask, maker, map, run, modes, compare

    /// The name on the help screen.
    public var title: String {
      switch self {
      case .everywhere: "Everywhere"
      case .runs: "Runs"
      case .sweep: "Sweep"
      case .form: "Job form"
      case .mask: "Fulcrum and mask"
      case .maker: "Mask maker"
      case .map: "Maps"
      case .run: "Run"
      case .modes: "Modes"
      case .compare: "Compare"
      }
    }
  }
}

/// What is said about a command: one declaration for key map, key bar, help and palette.
struct CommandDescription: Sendable, Hashable {
  var command: Command
  var contexts: [Command.Context]
  /// A word or two for the key bar.
  var label: String
  /// A sentence for help and palette.
  var help: String
  var keys: [Key]
}
