// Package stage runs what all measurements need: an API server, the built manager,
// and simulated organizations whose objects it creates there.
package stage

import (
	"context"
	"errors"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/test/support/cluster"
)

// Stage is an API server and the folder of the built programs. The caller closes it.
type Stage struct {
	Objects client.Client
	Dir     string // for files of the measurements
	bin     string
	cluster *cluster.Cluster
}

// New starts the API server of bin with its files in dir.
func New(ctx context.Context, bin, dir string) (*Stage, error) {
	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return nil, err
	}
	s := &Stage{bin: bin, Dir: dir}
	var err error
	if s.cluster, err = cluster.Start(ctx, bin, filepath.Join(dir, "cluster"), "config/crd/bases"); err != nil {
		return nil, err
	}
	if s.Objects, err = client.New(s.cluster.Config, client.Options{Scheme: scheme}); err != nil {
		s.Close()
	}
	return s, err
}

// Close ends the API server.
func (s *Stage) Close() { s.cluster.Stop() }

// Namespace creates a namespace.
func (s *Stage) Namespace(ctx context.Context, name string) error {
	return s.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
}

// Create creates objects in order.
func (s *Stage) Create(ctx context.Context, objects ...client.Object) error {
	for _, o := range objects {
		if err := s.Objects.Create(ctx, o); err != nil {
			return err
		}
	}
	return nil
}
