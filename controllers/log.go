package controllers

import (
	"log/slog"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

// logOf gives the logger to which a route's runs write.
func logOf(route *v1alpha1.FederationRoute) *slog.Logger {
	return slog.With("namespace", route.Namespace, "route", route.Name)
}

// why gives the log fields that say why a run begins and who changed the route last.
func (s *scope) why() []slog.Attr {
	out := []slog.Attr{slog.String("why", s.cause()), slog.String("mode", string(s.route.Spec.Mode)),
		slog.String("edgePool", string(s.route.Spec.EdgePool)), slog.Int64("generation", s.route.Generation)}
	if editor, at := lastEditor(s.route.ManagedFields); editor != "" {
		out = append(out, slog.String("changedBy", editor), slog.Time("changedAt", at))
	}
	return out
}

// cause says in one phrase why a run begins.
func (s *scope) cause() string {
	switch {
	case s.facts.FailBack.Pool != "":
		return "a person asked for a failback: " + s.facts.FailBack.Text
	case s.run == nil:
		return "the organization differs from the spec; it is this manager's first run for the route"
	case s.outdated():
		return "the spec was changed"
	case s.facts.Run != nil && s.facts.Run.Err != nil:
		return "the run before it failed"
	default:
		return "the organization differs from the spec again"
	}
}

// lastEditor gives the field manager that changed spec or annotations last, and the time
// of that change; "" when the object names none. A manager that wrote only status does
// not count.
func lastEditor(fields []metav1.ManagedFieldsEntry) (editor string, at time.Time) {
	for _, f := range fields {
		if f.Subresource != "" || f.FieldsV1 == nil || f.Time == nil || f.Time.Time.Before(at) {
			continue
		}
		if what := f.FieldsV1.GetRawString(); strings.Contains(what, `"f:spec"`) || strings.Contains(what, `"f:annotations"`) {
			editor, at = f.Manager, f.Time.Time
		}
	}
	return editor, at
}

// calledOf gives a function that counts each remote call to an organization and logs it
// at debug level. The log has neither the arguments of a call nor its reply.
func calledOf(lt *v1alpha1.LyncTopology) func(shell.Call) {
	log := slog.With("namespace", lt.Namespace, "topology", lt.Name)
	return func(c shell.Call) {
		observeCall(c)
		log.Debug("remote call", "script", c.Script, "endpoint", c.Endpoint, "took", c.Duration.String(), "fault", string(c.Kind))
	}
}
