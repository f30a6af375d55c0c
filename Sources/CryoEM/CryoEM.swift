// The field's nouns: poses and rotations, the CTF, volumes, masks, FSC, symmetry.
//
// Owns what a structural biologist would name on a whiteboard, with the conventions fixed once:
// lengths in Å, angles in radians (degrees only where a name says so), the centre of a box of N
// pixels at index N/2, x the fastest axis. Never starts a thread and never loops over iterations.

/// A point or direction in the reference frame, Å from the box centre unless stated otherwise.
public typealias Vector3 = SIMD3<Double>
/// A point or displacement in the image plane, Å unless stated otherwise.
public typealias Vector2 = SIMD2<Double>

/// Degrees to radians.
public func radians(_ degrees: Double) -> Double { degrees * (.pi / 180) }
/// Radians to degrees.
public func degrees(_ radians: Double) -> Double { radians * (180 / .pi) }
