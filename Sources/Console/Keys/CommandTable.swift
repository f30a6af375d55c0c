import Terminal

extension Command {
  /// Every command with its label, help and default keys, in the order of the key bar and the help.
  static let table: [CommandDescription] =
    runsTable + formTable + maskTable + makerTable + mapTable + runTable + modesTable
    + everywhereTable

  /// What is said about this command in a context; in any, where it has no meaning there.
  func description(in context: Context) -> CommandDescription {
    Self.table.first { $0.command == self && $0.contexts.contains(context) }
      ?? Self.table.first { $0.command == self }
      ?? CommandDescription(command: self, contexts: [], label: rawValue, help: "", keys: [])
  }

  private static func line(
    _ command: Command, in contexts: [Context], _ keys: [Key], _ label: String, _ help: String
  ) -> CommandDescription {
    CommandDescription(
      command: command, contexts: contexts, label: label, help: help, keys: keys)
  }

  private static let everywhereTable: [CommandDescription] = [
    line(.help, in: [.everywhere], ["?", .function(1)], "Help", "Keys of this screen"),
    line(
      .commands, in: [.everywhere], [":", .control("p")], "Commands",
      "Find any command by its name"),
    line(.back, in: [.everywhere], [.escape, "q"], "Back", "Leave this screen or pane"),
    line(.quit, in: [.everywhere], [.control("q"), .control("c")], "Quit", "Leave Fulcrum"),
    line(.up, in: [.everywhere], [.up, "k"], "Up", "One line up"),
    line(.down, in: [.everywhere], [.down, "j"], "Down", "One line down"),
    line(.left, in: [.everywhere], [.left, "h"], "Left", "To the left, or the value before"),
    line(.right, in: [.everywhere], [.right, "l"], "Right", "To the right, or the value after"),
    line(.pageUp, in: [.everywhere], [.pageUp, .control("b")], "PgUp", "One page up"),
    line(.pageDown, in: [.everywhere], [.pageDown, .control("f")], "PgDn", "One page down"),
    line(.first, in: [.everywhere], [.home, "g"], "Home", "To the first"),
    line(.last, in: [.everywhere], [.end, "G"], "End", "To the last"),
    line(.nextPane, in: [.everywhere], [.tab], "Next", "To the next pane"),
    line(.previousPane, in: [.everywhere], [.backTab], "Previous", "To the pane before"),
    line(
      .jump, in: [.everywhere], [.control("g")], "Jump", "Show letters to jump to anything visible"),
    line(
      .export, in: [.everywhere], [.control("e")], "Export",
      "Save this pane as text, TSV or SVG"),
    line(.copy, in: [.everywhere], ["y"], "Copy", "Copy this pane's text to the clipboard"),
    line(.theme, in: [.everywhere], [.function(9)], "Theme", "Choose the colours"),
    line(.marker, in: [.everywhere], [.function(7)], "Markers", "Plot with other markers"),
    line(
      .glyphs, in: [.everywhere], [.function(8)], "Glyphs",
      "Switch between Unicode, basic and ASCII characters"),
    line(.colours, in: [.everywhere], [.function(6)], "Colours", "Switch the number of colours"),
    line(
      .pictures, in: [.everywhere], [.function(3)], "Pictures",
      "Maps in pixels (sixel, kitty) or in characters"),
    line(
      .mouse, in: [.everywhere], [.function(4)], "Mouse",
      "Mouse on or off (Shift-drag selects text while on)"),
    line(.redraw, in: [.everywhere], [.control("l")], "Redraw", "Paint the screen again"),
    line(
      .testCard, in: [.everywhere], [.function(12)], "Test card",
      "See what this terminal can show"),
    line(
      .statistics, in: [.everywhere], [.function(11)], "Statistics",
      "Show frames and bytes sent to the terminal"),
  ]

  private static let runsTable: [CommandDescription] = [
    line(.open, in: [.runs], [.enter], "Open", "Open the run, or the table of a sweep"),
    line(.open, in: [.sweep], [.enter], "Open", "Open the run"),
    line(.newFrom, in: [.runs, .sweep], ["n"], "New", "New job from this run's parameters"),
    line(.best, in: [.sweep], ["B"], "Best", "New job of the best run, on all particles"),
    line(.new, in: [.runs], ["N"], "New job", "New job with the defaults"),
    line(.mark, in: [.runs, .sweep], [" "], "Mark", "Mark the run or region for comparison"),
    line(
      .compare, in: [.runs], ["c"], "Compare",
      "Compare two to four marked runs or regions, or the run with the one that it comes from"),
    line(.compare, in: [.sweep], ["c"], "Compare", "Compare two to four marked runs or regions"),
    line(
      .filter, in: [.runs], ["/"], "Filter",
      "Show the runs that contain a text, or fulfil a condition"),
    line(
      .tree, in: [.runs], ["t"], "Tree",
      "Each run below the one that it comes from, or the list (Left and Right fold)"),
    line(
      .watch, in: [.runs], ["w"], "Watch",
      "All runs that go on, a row each, and those that wait; or the list"),
    line(.sort, in: [.runs, .sweep], ["s"], "Sort", "Sort by the next column"),
    line(.reverseSort, in: [.runs, .sweep], ["S"], "Reverse", "Turn the order round"),
    line(.quit, in: [.runs], ["q"], "Quit", "Leave Fulcrum"),
    line(
      .enqueue, in: [.runs], ["Q"], "Queue",
      "Let the run, a sweep, or those marked wait for cores and memory; or take them out"),
    line(.queueEarlier, in: [.runs], ["<"], "Earlier", "One place earlier in the queue"),
    line(.queueLater, in: [.runs], [">"], "Later", "One place later in the queue"),
    line(
      .stopQueue, in: [.runs], ["P"], "Stop queue", "Begin no more runs of the queue, or go on"),
    line(.moreSlots, in: [.runs], ["+"], "More", "One more run of the queue at a time"),
    line(.fewerSlots, in: [.runs], ["-"], "Fewer", "One run fewer at a time"),
    line(.rename, in: [.runs], ["r"], "Rename", "Give the run another name"),
    line(.note, in: [.runs], ["e"], "Note", "Write a note about the run"),
    line(.tag, in: [.runs], ["#"], "Tags", "Give the run tags, which / finds"),
    line(.delete, in: [.runs], ["D", .delete], "Delete", "Delete the run's folder (asks)"),
    line(.markAll, in: [.runs, .sweep], ["a"], "All", "Mark all runs, or none"),
    line(.reload, in: [.runs], [.function(5), .control("r")], "Reload", "Read the folder again"),
  ]

  private static let formTable: [CommandDescription] = [
    line(.start, in: [.form], ["s", .function(10)], "Start", "Check and start the refinement"),
    line(
      .enqueue, in: [.form], ["Q"], "Queue",
      "Check, and start when cores and memory are free; goes on when Fulcrum is left"),
    line(.edit, in: [.form], [.enter], "Edit", "Edit the value, or choose a file"),
    line(.about, in: [.form], ["i"], "About", "All about the parameter"),
    line(.vary, in: [.form], ["*"], "Sweep", "Try several values of the parameter in a sweep"),
    line(.toggle, in: [.form], [" "], "Toggle", "Switch on or off, or to the next choice"),
    line(.check, in: [.form], ["e", .function(5)], "Check", "Check against the files; estimate"),
    line(.maskView, in: [.form], ["m"], "Mask view", "See map, mask and fulcrum"),
    line(.undo, in: [.form], ["u", .control("z")], "Undo", "Take the last change back"),
    line(.redo, in: [.form], ["U", .control("r")], "Redo", "Make the undone change again"),
    line(.reset, in: [.form], ["d", .delete], "Default", "Set the value back to its default"),
    line(.resetAll, in: [.form], ["D"], "All defaults", "Set all but the inputs to defaults"),
    line(.advanced, in: [.form], ["a"], "Advanced", "Show or hide advanced parameters"),
    line(.onlyChanged, in: [.form], ["o"], "Changed", "Show the changed parameters only"),
    line(.search, in: [.form], ["/"], "Search", "Search the parameters and their help"),
    line(.presets, in: [.form], ["p"], "Presets", "Set the search and prior for a task"),
    line(.clone, in: [.form], ["c"], "Clone", "Take the parameters of a run"),
    line(.difference, in: [.form], ["v"], "Differ", "Compare with the parameters of a run"),
    line(.commandLine, in: [.form], ["x"], "Command", "Show the same as a command line"),
    line(.save, in: [.form], ["w", .control("s"), .function(2)], "Save", "Save the job file"),
    line(.nextSection, in: [.form], ["]"], "Next", "To the next section"),
    line(.previousSection, in: [.form], ["["], "Previous", "To the section before"),
    line(
      .addRegion, in: [.form], ["+"], "Region",
      "Refine another region in the same run; the first takes the job's mask"),
    line(.copyRegion, in: [.form], ["C"], "Copy", "Add a copy of this region"),
    line(
      .removeRegion, in: [.form], ["X"], "Remove",
      "Remove this region; the last one gives its mask to the job"),
    line(.renameRegion, in: [.form], ["R"], "Rename", "Give this region another name"),
    line(.regionEarlier, in: [.form], ["<"], "Earlier", "This region before the one before it"),
    line(.regionLater, in: [.form], [">"], "Later", "This region after the one after it"),
  ]

  private static let maskTable: [CommandDescription] = [
    line(.setFulcrum, in: [.mask], ["f", .enter], "Set fulcrum", "Put the fulcrum at the cross"),
    line(
      .coordinates, in: [.mask, .maker], ["e"], "Type", "Type the cross's coordinates in voxels"),
    line(.maskCentre, in: [.mask], ["c"], "Mask centre", "Cross to the mask's centre of mass"),
    line(.boxCentre, in: [.mask, .maker], ["b"], "Box centre", "Cross to the centre of the box"),
    line(.sliceForward, in: [.mask, .maker], ["+", "="], "Deeper", "One slice along the view"),
    line(.sliceBack, in: [.mask, .maker], ["-"], "Shallower", "One slice back along the view"),
    line(.makeMask, in: [.mask], ["n"], "New mask", "Make a mask of this map"),
    line(.outline, in: [.mask, .maker], ["o"], "Outline", "Show or hide the mask's outline"),
    line(.moreContrast, in: [.mask, .maker], ["]"], "Contrast", "More contrast"),
    line(.lessContrast, in: [.mask, .maker], ["["], "Less", "Less contrast"),
    line(.dynamicMask, in: [.mask], ["d"], "Dynamic", "Preview the dynamic mask"),
    line(.raiseThreshold, in: [.mask], [">"], "Threshold", "Raise the dynamic mask's threshold"),
    line(.lowerThreshold, in: [.mask], ["<"], "Lower", "Lower the dynamic mask's threshold"),
  ]

  private static let makerTable: [CommandDescription] = [
    line(.raiseThreshold, in: [.maker], [">", "."], "Raise", "Cut the map at a higher density"),
    line(.lowerThreshold, in: [.maker], ["<", ","], "Lower", "Cut the map at a lower density"),
    line(.typeThreshold, in: [.maker], ["t"], "Threshold", "Type the density to cut at"),
    line(
      .automaticThreshold, in: [.maker], ["a"], "Automatic",
      "Cut by the noise outside, at 1% false discoveries"),
    line(.filterMap, in: [.maker], ["f"], "Low-pass", "Filter of the map before it is cut, in Å"),
    line(
      .pickPiece, in: [.maker], ["p", " "], "Pick",
      "Keep the piece under the cross, or no longer"),
    line(.nextPiece, in: [.maker], ["n"], "Next piece", "Cross to the next smaller piece"),
    line(.allPieces, in: [.maker], ["A"], "All", "Keep all pieces, or the largest"),
    line(.paintSphere, in: [.maker], ["s"], "Sphere", "Add a sphere at the cross"),
    line(.eraseSphere, in: [.maker], ["x"], "Erase", "Take a sphere at the cross away"),
    line(.sphereRadius, in: [.maker], ["r"], "Radius", "Radius of the next sphere, in Å"),
    line(.undo, in: [.maker], ["u"], "Undo", "Take the last change back"),
    line(.growMask, in: [.maker], ["g"], "Grow", "How far the region is grown, in Å"),
    line(.edgeWidth, in: [.maker], ["w"], "Edge", "Width of the soft edge, in Å"),
    line(.previewMask, in: [.maker], ["v"], "Preview", "See the map inside the soft mask"),
    line(.save, in: [.maker], ["S"], "Save", "Save the mask"),
    line(.useMask, in: [.maker], [.enter], "Use", "Save the mask and use it in the form"),
  ]

  private static let mapTable: [CommandDescription] = [
    line(.zoom, in: [.map], ["z", .enter], "Zoom", "Pane to the whole screen and back"),
    line(.blink, in: [.map], ["b", " "], "Blink", "To the map that was seen before, and back"),
    line(
      .previousIteration, in: [.map], ["["], "Earlier", "To the map before, as of an iteration"),
    line(.nextIteration, in: [.map], ["]"], "Later", "To the next map, as of an iteration"),
    line(
      .mapKind, in: [.map], ["w"], "Map", "The other maps: sharpened, half-maps, their difference"),
    line(.raiseThreshold, in: [.map], [">", "."], "Raise", "Surface at a higher density"),
    line(.lowerThreshold, in: [.map], ["<", ","], "Lower", "Surface at a lower density"),
    line(
      .typeThreshold, in: [.map], ["t"], "Level", "Type the level: a density, sd or kDa"),
    line(
      .colourBy, in: [.map], ["c"], "Colour",
      "Colour surface and slices by local resolution, halves, region or motion"),
    line(.outline, in: [.map], ["o"], "Mask", "Show the mask: veil and outline, or hide it"),
    line(
      .hinge, in: [.map, .mask], ["H"], "Hinge",
      "Show or hide the learnt hinge ◆ and axis of motion, with their errors"),
    line(.clip, in: [.map], ["x"], "Cut", "Cut the surface open at the cross; PgUp, PgDn move it"),
    line(.fitView, in: [.map], ["f"], "Fit", "Fit the picture to the mask, the box, the surface"),
    line(
      .viewAxis, in: [.map], ["a"], "Axis", "See the surface along z, y, x (arrows turn it)"),
    line(.sliceForward, in: [.map], ["+", "="], "Nearer", "Surface larger, or one slice deeper"),
    line(.sliceBack, in: [.map], ["-"], "Farther", "Surface smaller, or one slice back"),
    line(.mapProjection, in: [.map], ["p"], "Project", "Projections in place of slices"),
    line(.moreContrast, in: [.map], [")"], "Contrast", "More contrast of the slices"),
    line(.lessContrast, in: [.map], ["("], "Less", "Less contrast of the slices"),
    line(.coordinates, in: [.map], ["e"], "Type", "Type the cross's coordinates in voxels"),
    line(.boxCentre, in: [.map], ["B"], "Box centre", "Cross to the centre of the box"),
    line(.maskCentre, in: [.map], ["m"], "Mask centre", "Cross to the centre of the mask"),
  ]

  private static let modesTable: [CommandDescription] = [
    line(.play, in: [.modes], [" "], "Play", "Let the complex move along the mode, or hold it"),
    line(.previousIteration, in: [.modes], ["["], "Back", "A step back along the mode"),
    line(.nextIteration, in: [.modes], ["]"], "On", "A step on along the mode"),
    line(
      .exaggerate, in: [.modes], ["x"], "Exaggerate",
      "Move 2, 4 or 8 standard deviations to either side"),
    line(.zoom, in: [.modes], ["z", .enter], "Zoom", "Pane to the whole screen and back"),
    line(
      .rangeFrom, in: [.modes], ["("], "From", "Keep particles from the cursor of the histogram on"),
    line(.rangeTo, in: [.modes], [")"], "To", "Keep particles up to the cursor of the histogram"),
    line(
      .select, in: [.modes], ["W"], "Keep", "Write the particles of the range, or of an expression"),
    line(.maps, in: [.modes], ["V"], "Maps", "The maps along the mode, with slices"),
    line(
      .colourBy, in: [.modes], ["c"], "Colour", "Colour the surface by region, or in one colour"),
    line(.raiseThreshold, in: [.modes], [">", "."], "Raise", "Surface at a higher density"),
    line(.lowerThreshold, in: [.modes], ["<", ","], "Lower", "Surface at a lower density"),
    line(.sliceForward, in: [.modes], ["+", "="], "Nearer", "Surface larger"),
    line(.sliceBack, in: [.modes], ["-"], "Farther", "Surface smaller"),
    line(.viewAxis, in: [.modes], ["a"], "Axis", "See it along z, y, x (arrows turn it)"),
  ]

  private static let runTable: [CommandDescription] = [
    line(.zoom, in: [.run, .compare], ["z", .enter], "Zoom", "Pane to the whole screen and back"),
    line(.pause, in: [.run], ["p"], "Pause", "Pause the run, or let it go on"),
    line(.stopAfter, in: [.run], ["x"], "Finish", "Stop after this iteration"),
    line(.stop, in: [.run], ["X"], "Stop", "Stop the run now (asks)"),
    line(.stop, in: [.sweep], ["X"], "Stop", "Stop all runs of the sweep (asks)"),
    line(.change, in: [.run], ["e"], "Change", "Change parameters for the next iteration"),
    line(.detach, in: [.run], ["d"], "Detach", "Leave; the run goes on"),
    line(.previousIteration, in: [.run], ["["], "Earlier", "To the iteration before"),
    line(.nextIteration, in: [.run], ["]"], "Later", "To the iteration after"),
    line(
      .nextRegion, in: [.run, .mask, .map], ["}"], "Region",
      "To the next region of a run or job of several"),
    line(.previousRegion, in: [.run, .mask, .map], ["{"], "Before", "To the region before"),
    line(.follow, in: [.run], ["f"], "Follow", "Follow the newest iteration and log line"),
    line(
      .modes, in: [.run], ["O"], "Motion",
      "Modes of the regions' motion: shares, histograms, the complex moving, axes"),
    line(
      .report, in: [.run, .runs, .sweep, .compare], ["R"], "Report",
      "Write a page about the run, or runs"),
    line(.maps, in: [.run, .mask], ["V"], "Maps", "Surface and slices of the maps"),
    line(
      .maps, in: [.compare], ["V"], "Maps", "The maps of the runs, one after the other; b blinks"),
    line(
      .tools, in: [.run, .runs], ["T"], "Tools",
      "Tools: subtract, convert, reconstruct, compose …"),
    line(
      .select, in: [.run], ["W"], "Choose",
      "Keep the particles that were dragged over, or fulfil an expression"),
    line(
      .rangeFrom, in: [.run], ["("], "From",
      "Choose particles from the plot's cursor on (arrows; or drag)"),
    line(.rangeTo, in: [.run], [")"], "To", "Choose particles up to the cursor of the plot"),
    line(.particles, in: [.run], ["t"], "Particles", "Table of particles and their poses"),
    line(.parameters, in: [.run], ["i"], "Job", "Parameters of the run"),
    line(
      .continueRun, in: [.run], ["c"], "Continue",
      "New run from this iteration's poses; the last one's maps too"),
    line(
      .advice, in: [.run], ["A"], "Advice", "What the numbers object to, and what to do about it"),
    line(.resume, in: [.run], ["r"], "Resume", "Go on with an interrupted, stopped or failed run"),
    line(
      .baseline, in: [.run], ["b"], "Baseline", "Changes against the start or the last iteration"),
    line(
      .projection, in: [.run], ["m"], "Mollweide",
      "Orientations as a rectangle or a globe, or the resolution by direction"),
    line(.guinier, in: [.run], ["n"], "Guinier", "Noise or Guinier plot, where one alone fits"),
    line(.mapKind, in: [.run], ["w"], "Map", "Slices of the other map or half-map"),
    line(
      .plane, in: [.run], ["a"], "Axis",
      "Slices along the other axis (Up and Down step through them)"),
    line(
      .mapProjection, in: [.run], ["o"], "Project", "Projections of the map in place of slices"),
    line(.moreContrast, in: [.run], ["."], "Contrast", "More contrast of the slices"),
    line(.lessContrast, in: [.run], [","], "Less", "Less contrast of the slices"),
    line(
      .panelMarker, in: [.run], ["M"], "Marker", "Plot this pane with other markers than the others"
    ),
    line(.wider, in: [.run], [">", .shiftRight], "Wider", "Give this pane more columns"),
    line(.narrower, in: [.run], ["<", .shiftLeft], "Narrower", "Give this pane fewer columns"),
    line(.taller, in: [.run], ["+", .shiftDown], "Taller", "Give this pane more lines"),
    line(.shorter, in: [.run], ["-", .shiftUp], "Shorter", "Give this pane fewer lines"),
    line(.panelSet, in: [.run], ["0"], "Panes", "To the next set of panes: all, maps, poses, log"),
    line(.logLevel, in: [.run], ["v"], "Level", "Show all log lines, or warnings only"),
    line(.search, in: [.run], ["/"], "Search", "Search the log or the table"),
    line(.sort, in: [.run], ["s"], "Sort", "Sort the table by the next column"),
    line(.reverseSort, in: [.run], ["S"], "Reverse", "Turn the order of the table round"),
    line(.panel1, in: [.run], ["1"], "FSC", "Show or hide the FSC"),
    line(.panel2, in: [.run], ["2"], "Resolution", "Show or hide resolution over iterations"),
    line(.panel3, in: [.run], ["3"], "Orientations", "Show or hide the orientations"),
    line(.panel4, in: [.run], ["4"], "Poses", "Show or hide changes of the poses"),
    line(.panel5, in: [.run], ["5"], "Particles", "Show or hide scale, sample size and score"),
    line(.panel6, in: [.run], ["6"], "Noise", "Show or hide noise and Guinier plot"),
    line(.panel7, in: [.run], ["7"], "Slices", "Show or hide slices of the maps"),
    line(.panel8, in: [.run], ["8"], "Log", "Show or hide the log"),
    line(.panel9, in: [.run], ["9"], "Files", "Show or hide files and summary"),
  ]

}
