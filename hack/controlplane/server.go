package main

import (
	"context"
	"fmt"
	"net"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apimachinery/pkg/runtime"
	genericapifilters "k8s.io/apiserver/pkg/endpoints/filters"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/util/notfoundhandler"
	"k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/kubernetes"
	aggregatorapiserver "k8s.io/kube-aggregator/pkg/apiserver"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	controlplane "k8s.io/kubernetes/pkg/controlplane/apiserver"
	"k8s.io/kubernetes/pkg/controlplane/apiserver/options"
	"k8s.io/kubernetes/pkg/controlplane/controller/defaultservicecidr"
	"k8s.io/kubernetes/pkg/generated/openapi"
	kubeoptions "k8s.io/kubernetes/pkg/kubeapiserver/options"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"
	appsrest "k8s.io/kubernetes/pkg/registry/apps/rest"
	corerest "k8s.io/kubernetes/pkg/registry/core/rest"
	discoveryrest "k8s.io/kubernetes/pkg/registry/discovery/rest"
	networkingrest "k8s.io/kubernetes/pkg/registry/networking/rest"
	policyrest "k8s.io/kubernetes/pkg/registry/policy/rest"
)

// serviceRange is the range from which Services get their cluster addresses.
var serviceRange = net.IPNet{IP: net.IPv4(10, 0, 0, 0).To4(), Mask: net.CIDRMask(24, 32)}

// serveAPI builds the API server from the parts of kube-apiserver and runs it until
// ctx ends. Unlike kube-apiserver it has neither the groups that resources() does
// not name nor the endpoints of the Service kubernetes.
func serveAPI(ctx context.Context, opts options.CompletedOptions) error {
	parts, err := configure(opts)
	if err != nil {
		return err
	}
	server, err := parts.assemble()
	if err != nil {
		return err
	}
	prepared, err := server.PrepareRun()
	if err != nil {
		return err
	}
	return prepared.Run(ctx)
}

// parts are the configurations of three servers in one. The aggregator gets each
// request first. It hands requests that it does not serve to the server of the
// native groups, which hands what it does not serve to the server of the CRDs.
type parts struct {
	native     controlplane.CompletedConfig
	extensions apiextensionsapiserver.CompletedConfig
	aggregator aggregatorapiserver.CompletedConfig
}

func configure(opts options.CompletedOptions) (*parts, error) {
	generic, informers, storage, err := controlplane.BuildGenericConfig(opts,
		[]*runtime.Scheme{legacyscheme.Scheme, apiextensionsapiserver.Scheme, aggregatorscheme.Scheme},
		resources(), openapi.GetOpenAPIDefinitions, nil)
	if err != nil {
		return nil, err
	}
	endpoints, err := proxy.NewEndpointSliceIndexerGetter(informers.Discovery().V1().EndpointSlices())
	if err != nil {
		return nil, err
	}
	services := webhook.NewDefaultServiceResolver()
	native, initializers, err := controlplane.CreateConfig(opts, generic, informers, endpoints, storage, services, nil)
	if err != nil {
		return nil, err
	}
	wrapper := webhook.NewDefaultAuthenticationInfoResolverWrapper(native.ProxyTransport, generic.EgressSelector, generic.LoopbackClientConfig, generic.TracerProvider)
	extensions, err := controlplane.CreateAPIExtensionsConfig(*generic, informers, initializers, opts, 1, services, wrapper)
	if err != nil {
		return nil, err
	}
	aggregator, err := controlplane.CreateAggregatorConfig(*generic, opts, informers, services, native.ProxyTransport, nil, initializers)
	if err != nil {
		return nil, err
	}
	aggregator.ExtraConfig.DisableRemoteAvailableConditionController = true // there are no other API servers
	return &parts{native: native.Complete(), extensions: extensions.Complete(), aggregator: aggregator.Complete()}, nil
}

func (p *parts) assemble() (*aggregatorapiserver.APIAggregator, error) {
	notFound := notfoundhandler.New(p.native.Generic.Serializer, genericapifilters.NoMuxAndDiscoveryIncompleteKey)
	extensions, err := p.extensions.New(genericapiserver.NewEmptyDelegateWithCustomHandler(notFound))
	if err != nil {
		return nil, fmt.Errorf("custom resources: %w", err)
	}
	native, err := p.installNative(extensions.GenericAPIServer)
	if err != nil {
		return nil, err
	}
	crds := extensions.Informers.Apiextensions().V1().CustomResourceDefinitions()
	served := p.extensions.GenericConfig.MergedResourceConfig.ResourceEnabled(apiextensionsv1.SchemeGroupVersion.WithResource("customresourcedefinitions"))
	return controlplane.CreateAggregatorServer(p.aggregator, native.GenericAPIServer, crds, served, priorities())
}

// installNative serves the groups that Kubernetes itself defines.
func (p *parts) installNative(next genericapiserver.DelegationTarget) (*controlplane.Server, error) {
	server, err := p.native.New(controlplane.KubeAPIServer, next)
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(p.native.Generic.LoopbackClientConfig)
	if err != nil {
		return nil, err
	}
	providers, err := p.native.GenericStorageProviders(client.Discovery())
	if err != nil {
		return nil, err
	}
	core, err := p.core()
	if err != nil {
		return nil, err
	}
	for i, generic := range providers {
		if generic.GroupName() == core.GroupName() {
			providers[i] = core // the generic one lacks Pods, Services and Nodes
		}
	}
	providers = append(providers, appsrest.StorageProvider{}, discoveryrest.StorageProvider{}, networkingrest.RESTStorageProvider{}, policyrest.RESTStorageProvider{})
	if err := server.InstallAPIs(providers...); err != nil {
		return nil, err
	}
	return server, server.GenericAPIServer.AddPostStartHook("default-service-cidr", func(hook genericapiserver.PostStartHookContext) error {
		defaultservicecidr.NewController(serviceRange, net.IPNet{}, client).Start(hook)
		return nil
	})
}

// core is the group "" with all its kinds. The storage of Nodes requires a
// configuration for reaching kubelets, although no kubelet is ever contacted.
func (p *parts) core() (controlplane.RESTStorageProvider, error) {
	authorizer := p.native.Generic.Authorization.Authorizer
	return corerest.New(corerest.Config{
		GenericConfig: *p.native.NewCoreGenericConfig(),
		Proxy: corerest.ProxyConfig{
			Transport:           p.native.ProxyTransport,
			KubeletClientConfig: kubeletclient.KubeletClientConfig{HTTPTimeout: 5 * time.Second},
		},
		Services: corerest.ServicesConfig{
			ClusterIPRange:   serviceRange,
			NodePortRange:    kubeoptions.DefaultServiceNodePortRange,
			IPRepairInterval: 3 * time.Minute,
		},
		EndpointSliceGetter: p.native.EndpointSliceGetter,
		Authorizer:          authorizer,
	}, authorizer)
}
