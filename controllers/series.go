package controllers

import (
	"slices"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
)

// series are gauges of objects. They are computed when Prometheus reads them, so that all
// values of one object change at once. A label whose value changes leaves no series with
// the old value behind.
type series[T any] struct {
	describe []*prometheus.Desc
	values   func(key types.NamespacedName, of T) []prometheus.Metric

	mu sync.Mutex
	of map[types.NamespacedName]T
}

func newSeries[T any](values func(types.NamespacedName, T) []prometheus.Metric, describe ...*prometheus.Desc) *series[T] {
	return &series[T]{describe: describe, values: values, of: map[types.NamespacedName]T{}}
}

// note changes the value of an object. For a new object, change gets the zero value.
func (s *series[T]) note(key types.NamespacedName, change func(*T)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.of[key]
	change(&now)
	s.of[key] = now
}

// amend changes the value of an object that has one.
func (s *series[T]) amend(key types.NamespacedName, change func(*T)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, ok := s.of[key]; ok {
		change(&now)
		s.of[key] = now
	}
}

// begin gives a new object its first value, unless it has one.
func (s *series[T]) begin(key types.NamespacedName, first T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.of[key]; !ok {
		s.of[key] = first
	}
}

// forget ends the series of an object that is gone, so that no alarm counts its age.
func (s *series[T]) forget(key types.NamespacedName) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, key)
}

// Describe implements prometheus.Collector.
func (s *series[T]) Describe(out chan<- *prometheus.Desc) {
	for _, d := range s.describe {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (s *series[T]) Collect(out chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, of := range s.of {
		for _, m := range s.values(key, of) {
			out <- m
		}
	}
}

// gauge is one value of an object; further labels follow namespace and name.
func gauge(d *prometheus.Desc, value float64, key types.NamespacedName, further ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, slices.Concat([]string{key.Namespace, key.Name}, further)...)
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func word(yes bool) string { return strconv.FormatBool(yes) }
