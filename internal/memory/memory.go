// Package memory names the objects that the controllers remember something of, without
// types of Kubernetes. Each package below this one begins with what it remembers and when
// it forgets. All memory ends with the process: the next manager observes and plans again.
package memory

// Object names an object of the API.
type Object struct{ Namespace, Name string }

// String is the form that messages show.
func (o Object) String() string { return o.Namespace + "/" + o.Name }

// Edition is one spec of one object. An object that was created anew under the same
// name has another UID.
type Edition struct {
	UID        string
	Generation int64
}
