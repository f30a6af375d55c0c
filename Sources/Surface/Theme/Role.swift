/// What a piece of the screen means, so that a theme can say how it looks.
public enum Role: String, Sendable, Hashable, CaseIterable {
  case text
  /// Less important text, hints, units.
  case dim
  /// Headings and values that matter.
  case accent
  /// Done, converged, within limits.
  case good
  /// Look at it.
  case warning
  /// Failed, out of limits.
  case bad
  /// The row or item under the cursor, where keys go to.
  case selection
  /// The same in a pane that keys do not go to.
  case selectionInactive = "selection-inactive"
  /// A found piece of text, a letter that a fuzzy search matched.
  case match
  /// A value that differs from its default.
  case changed
  case border
  /// The border of the pane that keys go to.
  case borderFocus = "border-focus"
  case title
  /// Column heads of tables.
  case header
  /// The key in the key bar, and what it does.
  case key
  case keyLabel = "key-label"
  /// A text field, and one that is being edited.
  case field
  case fieldFocus = "field-focus"
  /// Pop-ups: their ground and text.
  case popup
  case tab
  case tabActive = "tab-active"
  case scrollBar = "scroll-bar"
  /// The part of a progress bar that is done, and the rest.
  case progress
  case progressRest = "progress-rest"
  /// Axes and their labels; horizontal lines at thresholds; vertical ones at limits.
  case axis
  case threshold
  case limit
  /// Curves of earlier iterations.
  case ghost
  /// The cross-hair of plots and slices.
  case crosshair
  /// The outline of a mask on a slice.
  case outline
  case series1, series2, series3, series4, series5, series6

  /// The role of the n-th curve, from 0; they repeat after six.
  public static func series(_ index: Int) -> Role {
    let all: [Role] = [.series1, .series2, .series3, .series4, .series5, .series6]
    return all[((index % all.count) + all.count) % all.count]
  }
}
