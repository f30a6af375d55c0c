/// A value while the text around it is still read: tables that headers and dotted keys may add to.
final class TOMLNode {
  enum Kind { case scalar, array, table }

  /// How a table came to be, which decides what may add to it.
  enum Origin {
    /// Named on the way to another by a header: may still get its own.
    case implicit
    case header, dotted, inline
  }

  let kind: Kind
  var line: Int
  var scalar: TOMLValue.Content?
  var elements: [TOMLNode] = []
  /// A list that was written as a value: no header adds to it.
  var isClosed = false
  private(set) var order: [String] = []
  private(set) var children: [String: TOMLNode] = [:]
  var origin = Origin.implicit
  var section = 0

  init(_ kind: Kind, line: Int) {
    self.kind = kind
    self.line = line
  }

  init(scalar: TOMLValue.Content, line: Int) {
    kind = .scalar
    self.scalar = scalar
    self.line = line
  }

  /// The child of a name, made where there is none.
  func child(_ name: String, make: () -> TOMLNode) -> TOMLNode {
    if let known = children[name] { return known }
    let made = make()
    children[name] = made
    order.append(name)
    return made
  }

  var tableValue: TOMLTable {
    var table = TOMLTable()
    for name in order {
      if let child = children[name] { table.set(name, to: child.value) }
    }
    return table
  }

  var value: TOMLValue {
    switch kind {
    case .scalar: TOMLValue(content: scalar ?? .array([]), line: line)
    case .array: TOMLValue(content: .array(elements.map(\.value)), line: line)
    case .table: TOMLValue(content: .table(tableValue), line: line)
    }
  }
}
