# The offline stand-in for the public Java image: the same place and variables, a runtime linked from the JDK at hand.
FROM sluice/debian:12
ENV JAVA_HOME=/opt/java/openjdk
ENV PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
COPY jre ${JAVA_HOME}
