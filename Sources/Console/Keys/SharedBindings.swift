import Terminal

/// Commands that several screens have, each in its way.
extension Screen {
  /// To the region after the one that is shown, or before it.
  static func regionBindings(
    next: BarPlace<Self>, previous: BarPlace<Self> = .none,
    obstacle: @escaping @Sendable (Self) -> String?,
    step: @escaping @Sendable (inout Self, Int) -> [Effect]
  ) -> [Binding<Self>] {
    [
      Binding(
        "next-region", ["}"], "Region", "To the next region of a run or job of several",
        bar: next, obstacle: obstacle, does: .effects { step(&$0, 1) }),
      Binding(
        "previous-region", ["{"], "Before", "To the region before", bar: previous,
        obstacle: obstacle, does: .effects { step(&$0, -1) }),
    ]
  }

  /// Shows or hides what a run has learnt of its hinge.
  static func hinge(
    bar rank: Int, obstacle: @escaping @Sendable (Self) -> String?,
    toggle: @escaping @Sendable (inout Self) -> Void
  ) -> Binding<Self> {
    Binding(
      "hinge", ["H"], "Hinge",
      "Show or hide the learnt hinge ◆ and axis of motion, with their errors",
      bar: .at(rank) { obstacle($0) == nil }, obstacle: obstacle, does: .change(toggle))
  }
}
