// Package memory names what the controllers remember things of, without a word of
// Kubernetes. What is remembered has a package of its own below this one, which says
// in one sentence what it remembers and when it forgets. All of it ends with the
// process: whoever comes next observes and plans again.
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
